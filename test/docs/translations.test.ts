import { describe, expect, test } from 'vitest';
import { allPages, codesIn, english, type Page, pagesLedTo, readPage, withoutComments } from './markdown.ts';

/** Each page that is there in both languages, the English one first. The indexes differ: much is in English alone. */
const translations = allPages()
  .filter((path) => path.startsWith('docs/zh-CN/') && path !== 'docs/zh-CN/README.md')
  .map((path) => [english(path), path] as const)
  .concat([['README.md', 'README.zh-CN.md']])
  .map(([path, translation]) => [translation, readPage(path), readPage(translation)] as const);

describe.each(translations)('%s', (_path, original, translation) => {
  test('has the sections of the English one', () => {
    const levels = ({ headings }: Page) => headings.map(({ level }) => level);
    expect(levels(original)).not.toEqual([]);
    expect(levels(translation)).toEqual(levels(original));
  });

  test('has the same code, with comments in its own language', () => {
    // A block without a language is a picture.
    const code = ({ blocks }: Page) =>
      blocks.map((block) => (block.language === '' ? '' : withoutComments(block.code)));
    expect(code(translation)).toEqual(code(original));
  });

  test('has the same tables, as many rows and the same names in their first columns', () => {
    const names = ({ tables }: Page) =>
      tables.map((rows) => rows.slice(1).map(([first]) => codesIn(first).join()));
    expect(names(translation)).toEqual(names(original));
  });

  test('has the same anchors and leads to the same pages, where it can to those in its own language', () => {
    expect(translation.anchors).toEqual(original.anchors);
    expect(pagesLedTo(translation).map(english)).toEqual(pagesLedTo(original).map(english));
    const others = pagesLedTo(translation).filter((path) => path !== original.path);
    const translated = translations.map(([, { path }]) => path);
    expect(others.filter((path) => translated.includes(path))).toEqual([]);
  });
});
