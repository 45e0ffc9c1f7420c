import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A page of documentation, apart into what it is made of. */
export interface Page {
  /** From the repository's root. */
  path: string;
  headings: { level: number; text: string }[];
  blocks: { language: string; code: string }[];
  /** The rows of each table, the head first and without its rule; a row's cells. */
  tables: string[][][];
  /** Of `<a id>`, in order. */
  anchors: string[];
  links: { target: string; isPicture: boolean }[];
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const prose = text.replaceAll(/^```.*?^```$/gms, '');
  const tables = prose.match(/(?:^\|.*\n)+/gm) ?? [];
  return {
    path,
    headings: [...prose.matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', name = '']) => ({
      level: marks.length,
      text: name,
    })),
    blocks: blocks.map(([, language = '', code = '']) => ({ language, code })),
    tables: tables.map((table) => table.trim().split('\n').toSpliced(1, 1).map(cellsOf)),
    anchors: [...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id),
    links: [...prose.matchAll(/(!?)\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, mark, target = '']) => ({
      target,
      isPicture: mark === '!',
    })),
  };
}

/** All pages of documentation, from the repository's root. */
export function allPages(): string[] {
  const below = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => join(folder, path));
  const top = readdirSync(root).filter((path) => path.endsWith('.md'));
  return [...top, ...['docs', 'ops', 'bench'].flatMap(below)];
}

/** A page of `docs/` in both languages, the English one first. */
export function inBoth(path: string): [Page, Page] {
  return [readPage(`docs/${path}`), readPage(`docs/zh-CN/${path}`)];
}

/** A page's English counterpart; of an English page itself. */
export function english(path: string): string {
  return path.replace('docs/zh-CN/', 'docs/').replace('README.zh-CN.md', 'README.md');
}

/** The table whose first column's head is one of these, in either language; its rows without the head. */
export function table({ tables }: Page, ...heads: string[]): string[][] {
  const found = tables.find(([head]) => heads.includes(head?.[0] ?? ''));
  return found?.slice(1) ?? [];
}

/** The files that a page leads to, from the repository's root. */
export function pagesLedTo({ path, links }: Page): string[] {
  return links
    .filter(({ target, isPicture }) => !isPicture && !/^[a-z]+:/.test(target))
    .map(({ target }) => target.split('#')[0] ?? '')
    .map((file) => (file === '' ? path : join(dirname(path), file)));
}

/** What a page can be linked at: its own anchors, and those that are made of its headings. */
export function anchorsOf({ anchors, headings }: Page): string[] {
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
  return [...anchors, ...headings.map(({ text }) => slug(text))];
}

/** What stands in backticks in a cell. */
export function codesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Code as it runs: nothing of what is said beside it. */
export function withoutComments(code: string): string {
  return code.replaceAll(/(^|[ \t]+)(#|\/\/) .*$/gm, '');
}

function cellsOf(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
