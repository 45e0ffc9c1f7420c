import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Stops cleanly on the first signal, once its standard input says so, or waits for another. */
const WAITING = `
  const { nextSignal } = await import('./src/platform/next-signal.ts');
  const pending = nextSignal();
  if (LOADS) await import(LOADS);
  setInterval(() => {}, 1000);
  console.log('waiting');
  const signal = await pending;
  console.log('stopping by ' + signal);
  await new Promise((resolve) => process.stdin.once('data', resolve));
  console.log('ended');
`;

async function start(script: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const ended = once(child, 'close').then(() => [child.exitCode, child.signalCode]);
  await once(output, 'line');
  return { child, lines, output, ended };
}

test('we handle a signal even if a package was loaded that would exit at once', async () => {
  const { child, lines, output, ended } = await start(
    `const LOADS = 'testcontainers';${WAITING};process.exit(0);`,
  );
  const line = once(output, 'line');
  child.kill('SIGTERM');
  expect(await line).toEqual(['stopping by SIGTERM']);
  child.stdin.write('go\n');
  expect(await ended).toEqual([0, null]);
  expect(lines).toEqual(['waiting', 'stopping by SIGTERM', 'ended']);
}, 120_000);

test('a signal that is not handled ends the process', async () => {
  const { child, output, ended } = await start(`const LOADS = null;${WAITING}`);
  const line = once(output, 'line');
  child.kill('SIGINT');
  expect(await line).toEqual(['stopping by SIGINT']);
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
}, 120_000);
