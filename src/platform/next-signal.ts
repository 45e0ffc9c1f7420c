const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

let waiting: ((signal: NodeJS.Signals) => void)[] = [];
let isListening = false;

/**
 * Resolves with the next SIGTERM or SIGINT, which then does nothing else. Without a waiter, a signal ends the process
 * immediately, as by default.
 *
 * The listener stays after a signal: if it were removed, another package's listener (Testcontainers uses signal-exit)
 * would be the only one left, and such a package ends the process at once.
 */
export function nextSignal(): Promise<NodeJS.Signals> {
  if (!isListening) for (const signal of SIGNALS) process.on(signal, onSignal);
  isListening = true;
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

function onSignal(signal: NodeJS.Signals): void {
  const notified = waiting;
  waiting = [];
  for (const resolve of notified) resolve(signal);
  if (notified.length > 0) return;
  for (const name of SIGNALS) process.off(name, onSignal);
  isListening = false;
  process.kill(process.pid, signal);
}
