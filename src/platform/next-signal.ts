const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

let waiting: ((signal: NodeJS.Signals) => void)[] = [];
let isListening = false;

/**
 * Resolves with the next signal that asks this process to end; until then such signals do nothing else. While nobody
 * waits, a signal ends the process at once, as if nobody had ever listened.
 *
 * The listener stays when a signal has come. One that is taken away then would leave a package that listens too, as
 * Testcontainers does by way of signal-exit, alone with the signal, and such a package ends the process there and then.
 */
export function nextSignal(): Promise<NodeJS.Signals> {
  if (!isListening) for (const signal of SIGNALS) process.on(signal, hear);
  isListening = true;
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

function hear(signal: NodeJS.Signals): void {
  const told = waiting;
  waiting = [];
  for (const resolve of told) resolve(signal);
  if (told.length > 0) return;
  for (const name of SIGNALS) process.off(name, hear);
  isListening = false;
  process.kill(process.pid, signal);
}
