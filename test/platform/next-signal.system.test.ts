import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** It ends in order on the first signal, which takes it a moment, or waits for another. */
const WAITING = `
  const { nextSignal } = await import('./src/platform/next-signal.ts');
  const asked = nextSignal();
  if (LOADS) await import(LOADS);
  setInterval(() => {}, 1000);
  console.log('waiting');
  const signal = await asked;
  await new Promise((resolve) => setTimeout(resolve, 200));
  console.log('ended by ' + signal);
`;

async function start(script: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
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

test('a signal is ours to end by, also where a package is loaded meanwhile that ends the process at once', async () => {
  const { child, lines, ended } = await start(`const LOADS = 'testcontainers';${WAITING};process.exit(0);`);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(lines).toEqual(['waiting', 'ended by SIGTERM']);
}, 120_000);

test('a signal that nobody waits for ends the process', async () => {
  const { child, output, ended } = await start(`const LOADS = null;${WAITING}`);
  const said = once(output, 'line');
  child.kill('SIGINT');
  expect(await said).toEqual(['ended by SIGINT']);
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
}, 120_000);
