import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startProgress } from '../../src/commands/progress.ts';
import { until } from '../support/until.ts';

const printed = { stdout: '', stderr: '' };
const wasTerminal = process.stderr.isTTY;
beforeEach(() => {
  Object.assign(printed, { stdout: '', stderr: '' });
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  process.stderr.isTTY = wasTerminal;
});

test('on a terminal a bar on standard error shows the progress, and the result stays complete', async () => {
  process.stderr.isTTY = true;
  const progress = startProgress('closing', 3, {});
  progress.step();
  await until('the bar is drawn', () => printed.stderr.includes('1/3'));
  progress.print('AC1  closed');
  progress.stop();
  expect(printed.stdout).toBe('AC1  closed\n');
  // It never returns to its first line: the result is there by now.
  expect(printed.stderr).not.toContain('\u001B8');
});

test.each([
  ['with --json', { isTerminal: true, total: 3, json: true }],
  ['without a terminal', { isTerminal: false, total: 3, json: false }],
  ['for a single item', { isTerminal: true, total: 1, json: false }],
])('%s there is no bar', (_, { isTerminal, total, json }) => {
  process.stderr.isTTY = isTerminal;
  const progress = startProgress('closing', total, { json });
  progress.step();
  progress.print('AC1  closed');
  progress.stop();
  expect(printed).toEqual({ stdout: 'AC1  closed\n', stderr: '' });
});
