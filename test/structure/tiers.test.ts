import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** With what is only for its types left out. */
const IMPORT = /^(?:import|export) (?!type )[^;']*?from '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm;

const DATABASE = /\.db\.test\.ts$/;
const SYSTEM = /\.system\.test\.ts$/;
/** What needs MySQL or Redis, or starts them. */
const servers = [
  'test/support/world.ts',
  'test/support/setup/template.ts',
  'src/sandbox/services/services.ts',
];
/** What starts a program, a browser or servers for one test file. */
const processes = ['test/support/process.ts', 'test/support/chromium.ts', 'test/support/sentinel.ts'];

const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => join('test', path));
const known = new Map<string, string[]>();

function importsOf(path: string): string[] {
  const found =
    known.get(path) ??
    [...readFileSync(join(root, path), 'utf8').matchAll(IMPORT)].map(([, by, loaded]) =>
      join(dirname(path), by ?? loaded ?? ''),
    );
  known.set(path, found);
  return found;
}

/** All that loading the file loads. */
function loadedBy(path: string): Set<string> {
  const seen = new Set([path]);
  // Not what a program's text loads, written down in a test.
  const isSource = (each: string) => each.endsWith('.ts') && existsSync(join(root, each));
  for (const each of seen) for (const next of importsOf(each).filter(isSource)) seen.add(next);
  return seen;
}

function offences(paths: string[], forbidden: string[]): string[] {
  return paths.flatMap((path) => {
    const loaded = loadedBy(path);
    return forbidden.filter((each) => loaded.has(each)).map((each) => `${path} loads ${each}`);
  });
}

test('a test of the first tier loads nothing that needs or starts a server', () => {
  const unit = tests.filter((path) => !DATABASE.test(path) && !SYSTEM.test(path));
  expect(offences(unit, [...servers, ...processes])).toEqual([]);
});

test('a test of the second tier starts no program, no browser and no server', () => {
  const database = tests.filter((path) => DATABASE.test(path));
  expect(offences(database, ['src/sandbox/services/services.ts', ...processes])).toEqual([]);
});

test('some test of a higher tier loads each of these, as seen from here', () => {
  const higher = tests.filter((path) => DATABASE.test(path) || SYSTEM.test(path));
  const loaded = new Set(higher.flatMap((path) => [...loadedBy(path)]));
  expect([...servers, ...processes].filter((each) => !loaded.has(each))).toEqual([]);
});
