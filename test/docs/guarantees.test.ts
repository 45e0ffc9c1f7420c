import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPage, root } from './markdown.ts';

const defined = readPage('docs/reliability.md').tables[0]?.flatMap(([name = '']) => [
  ...(/\*\*(G\d+)\*\*/.exec(name)?.slice(1) ?? []),
]);

test('each guarantee is defined once, in order', () => {
  expect(defined).toEqual(['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7', 'G8']);
});

test('only guarantees that are defined are cited', () => {
  const cited = ['src', 'bench', 'docs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|md)$/.test(path))
      .flatMap((path) => [...readFileSync(join(root, folder, path), 'utf8').matchAll(/\bG\d+\b/g)])
      .map(([name]) => name),
  );
  expect(new Set(cited).size).toBe(8);
  expect([...new Set(cited)].toSorted()).toEqual(defined);
});
