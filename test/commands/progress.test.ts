import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startProgress } from '../../src/commands/progress.ts';
import { until } from '../support/until.ts';

const said = { stdout: '', stderr: '' };
const wasTerminal = process.stderr.isTTY;
beforeEach(() => {
  Object.assign(said, { stdout: '', stderr: '' });
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  process.stderr.isTTY = wasTerminal;
});

test('on a terminal a bar on standard error shows how far it is, and the answer stays whole', async () => {
  process.stderr.isTTY = true;
  const progress = startProgress('closing', 3, {});
  progress.step();
  await until('the bar is drawn', () => said.stderr.includes('1/3'));
  progress.print('AC1  closed');
  progress.stop();
  expect(said.stdout).toBe('AC1  closed\n');
  // It never goes back to where it began: the answer is there by now.
  expect(said.stderr).not.toContain('\u001B8');
});

test.each([
  ['with --json', { isTerminal: true, total: 3, json: true }],
  ['without a terminal', { isTerminal: false, total: 3, json: false }],
  ['for one thing alone', { isTerminal: true, total: 1, json: false }],
])('%s there is no bar', (_, { isTerminal, total, json }) => {
  process.stderr.isTTY = isTerminal;
  const progress = startProgress('closing', total, { json });
  progress.step();
  progress.print('AC1  closed');
  progress.stop();
  expect(said).toEqual({ stdout: 'AC1  closed\n', stderr: '' });
});
