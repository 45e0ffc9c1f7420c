import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const MOST = 12;
/** Numbered lists: one file each, in their order. */
const LISTS = ['docs/decisions', 'migrations'];

test('no folder holds more than a dozen files', () => {
  const counts = new Map<string, number>();
  for (const top of ['src', 'migrations', 'admin', 'dev', 'bench', 'test', 'docs', 'ops']) {
    const found = readdirSync(join(root, top), { recursive: true, withFileTypes: true });
    for (const file of found.filter((each) => each.isFile())) {
      const folder = file.parentPath.slice(root.length + 1);
      if (!/(^|\/)(node_modules|dist)(\/|$)/.test(folder)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  const full = [...counts].filter(([folder, count]) => count > MOST && !LISTS.includes(folder));
  expect(full).toEqual([]);
});
