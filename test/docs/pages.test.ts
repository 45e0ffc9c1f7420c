import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allPages, anchorsOf, codesIn, inBoth, pagesLedTo, readPage, root, table } from './markdown.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

test.each(['README.md', 'README.zh-CN.md'])('%s is read in one sitting: at most 150 lines', (path) => {
  expect(read(path).trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

describe('the index', () => {
  test('leads to every page, and to each in Chinese from the one in Chinese', () => {
    const isPage = (path: string) => /^docs\/.*\.md$/.test(path) && !path.endsWith('README.md');
    const pages = allPages().filter(isPage).toSorted();
    const [index, chinese] = inBoth('README.md').map(pagesLedTo);
    expect(pages.filter((path) => !index?.includes(path))).toEqual([]);
    const inChinese = pages.filter((path) => path.startsWith('docs/zh-CN/'));
    expect(inChinese.filter((path) => !chinese?.includes(path))).toEqual([]);
  });

  test('has every decision with its title', () => {
    const listed = table(readPage('docs/README.md'), 'decision').map(([link, title]) => {
      const [, number, path] = /\[(\d+)\]\((.*)\)/.exec(link ?? '') ?? [];
      return `docs/${path}: ${number}. ${title}`;
    });
    const decisions = allPages().filter((path) => path.startsWith('docs/decisions/'));
    const titles = decisions.toSorted().map((path) => `${path}: ${readPage(path).headings[0]?.text}`);
    expect(titles.length).toBeGreaterThan(30);
    expect(listed).toEqual(titles);
  });
});

test('the glossary explains every term in both languages, once', () => {
  const rows = table(readPage('docs/glossary.md'), 'term');
  expect(rows.length).toBeGreaterThan(20);
  const isWhole = ([term, chinese, means, inChinese]: string[]) =>
    [term, means].every((cell) => /^[a-z]/i.test(cell ?? '')) &&
    [chinese, inChinese].every((cell) => /\p{Script=Han}/u.test(cell ?? ''));
  expect(rows.filter((row) => row.length !== 4 || !isWhole(row))).toEqual([]);
  const terms = rows.flatMap(([term, chinese]) => [...(term ?? '').split(', '), chinese ?? '']);
  expect(new Set(terms).size).toBe(terms.length);
});

describe.each(inBoth('code-map.md').map((page) => [page.path, page] as const))('%s', (_path, page) => {
  test('names in each row files and folders that are there, in full or as they lie beside the first', () => {
    const rows = [...table(page, 'folder', '目录'), ...table(page, 'where …', '问题')];
    expect(rows.length).toBeGreaterThan(30);
    const named = rows.flatMap((cells) => {
      const paths = cells.flatMap(codesIn).filter((code) => /^[\w./-]+(\/|\.ts)$/.test(code));
      const places = paths.filter((path) => path.includes('/') && existsSync(join(root, path)));
      const beside = places.flatMap((path) => [path, dirname(path)]);
      return paths.filter((path) => !['', ...beside].some((place) => existsSync(join(root, place, path))));
    });
    expect(named).toEqual([]);
  });

  test('names every folder of the code', () => {
    const text = read(page.path);
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.filter(({ name }) => !text.includes(`src/${name}/`))).toEqual([]);
  });
});

describe.each(allPages().map((path) => [path, readPage(path)] as const))('%s', (path, page) => {
  test('leads to files and places that are there', () => {
    const dead = page.links
      .filter(({ target, isPicture }) => !isPicture && !/^[a-z]+:/.test(target))
      .flatMap(({ target }) => {
        const [file = '', anchor] = target.split('#');
        const to = file === '' ? path : join(dirname(path), file);
        if (!existsSync(join(root, to))) return [target];
        if (anchor === undefined) return [];
        return anchorsOf(readPage(to)).includes(anchor) ? [] : [target];
      });
    expect(dead).toEqual([]);
  });

  test('runs scripts that are there', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const run = [...read(path).matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(
      ([, name = '']) => name,
    );
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('shows pictures that are there', () => {
    const pictures = page.links.filter(({ isPicture }) => isPicture).map(({ target }) => target);
    expect(pictures.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  test('names files and folders that are there', () => {
    const named = codesIn(read(path).replaceAll(/^```.*?^```$/gms, '')).filter((code) =>
      /^(src|admin|test|bench|dev|docs|ops|migrations)\/[\w./-]*$/.test(code),
    );
    expect(named.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });
});
