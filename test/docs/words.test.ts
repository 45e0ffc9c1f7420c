import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './markdown.ts';

/** Written in pieces, so that the list does not find itself. */
const PRIVATE_WORDS = [
  `dee${'d'}s?`,
  `men${'d'}(s|ed|ing)?`,
  `who${'ever'}`,
  `wi${'sh'}(es|ed)?`,
  `trou${'ble'}s?`,
  `misfor${'tune'}s?`,
  `told ${'of'}`,
  `of its ${'own'}`,
  `who was ${'faster'}`,
];
const FOUND = new RegExp(`\\b(${PRIVATE_WORDS.join('|')})\\b`, 'i');
/** `wordsInNames` as three words. */
const asWords = (line: string) => line.replaceAll(/([a-z])([A-Z])/g, '$1 $2');
const FOLDERS = ['src', 'migrations', 'admin', 'dev', 'bench', 'test', 'docs', 'ops'];
const FILES = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CHANGELOG.md', '.env.example'];

test('code and pages use the field’s words, which docs/glossary.md lists, and none of our own', () => {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile() && /\.(tsx?|md|ya?ml|json|css|html)$/.test(each.name))
      .map((each) => join(each.parentPath, each.name)),
  ).filter((path) => !/\/(node_modules|dist)\//.test(path));
  const found = [...inFolders, ...FILES.map((file) => join(root, file))].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        FOUND.test(line) || FOUND.test(asWords(line))
          ? [`${path.slice(root.length + 1)}:${index + 1}: ${line.trim()}`]
          : [],
      ),
  );
  expect(found).toEqual([]);
});
