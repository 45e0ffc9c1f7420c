import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  createPrivateDirectory,
  unprivilegedIdentity,
} from '../../src/sandbox/services/private-directory.ts';
import { lastLogLines, type Supervisor, supervise } from '../../src/sandbox/services/supervised-process.ts';
import { until } from '../support/until.ts';

const supervisors: Supervisor[] = [];

async function newSupervisor(): Promise<Supervisor> {
  const identity = await unprivilegedIdentity([]);
  const directory = await createPrivateDirectory('test', identity, process.env);
  const supervisor = supervise(directory, identity, process.env);
  supervisors.push(supervisor);
  return supervisor;
}

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.end()));
});

test('a supervised process never runs as root', async () => {
  const supervisor = await newSupervisor();
  expect(await supervisor.run(['id', '-u']).ended).toBe(0);
  expect(await lastLogLines(supervisor.directory)).toMatch(/^[1-9]\d*$/);
});

test('arguments reach the program unchanged', async () => {
  const supervisor = await newSupervisor();
  const words = ['', 'two words', "it's", '"$HOME" `id` \\n', '*', 'é;&|'];
  await supervisor.run(['printf', '<%s>', ...words]).ended;
  expect(await readFile(join(supervisor.directory, 'log'), 'utf8')).toBe(
    words.map((word) => `<${word}>`).join(''),
  );
});

test('a process that exits reports its status, and its last output is kept', async () => {
  const supervisor = await newSupervisor();
  const running = supervisor.run(['sh', '-c', 'echo no such luck >&2; exit 3']);
  expect(await running.ended).toBe(3);
  expect(running.hasEnded()).toBe(true);
  expect(await lastLogLines(supervisor.directory)).toBe('no such luck');
});

test('a killed process can be followed by another one in the same directory', async () => {
  const supervisor = await newSupervisor();
  const first = supervisor.run(['sleep', '600']);
  expect(() => supervisor.run(['true'])).toThrow('still running');
  await first.kill();
  expect(await first.ended).toBe(128 + 9);
  const kept = join(supervisor.directory, 'kept');
  await writeFile(kept, '');
  expect(await supervisor.run(['test', '-e', kept]).ended).toBe(0);
});

test('ending stops the process and removes its directory', async () => {
  const supervisor = await newSupervisor();
  const running = supervisor.run(['sleep', '600']);
  const pid = await until('it has a pid', () => running.pid());
  await supervisor.end();
  expect(running.hasEnded()).toBe(true);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await expect(access(supervisor.directory)).rejects.toThrow('ENOENT');
});

test('a supervisor without a process leaves nothing either', async () => {
  const supervisor = await newSupervisor();
  await supervisor.end();
  await expect(access(supervisor.directory)).rejects.toThrow('ENOENT');
});
