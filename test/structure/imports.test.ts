import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Layer, layers } from './layers.ts';

const root = resolve(import.meta.dirname, '../..');

/** Every import, type-only ones included. */
const IMPORT = /^(?:import|export)\b[^'"]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

interface File {
  path: string;
  ours: string[];
  packages: string[];
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => /\.tsx?$/.test(path) && !/node_modules|\/dist\//.test(path));
}

function read(path: string): File {
  const imported = [...readFileSync(join(root, path), 'utf8').matchAll(IMPORT)]
    .map((found) => found.slice(1).find((each) => each !== undefined) ?? '')
    .filter((name) => !name.startsWith('node:'));
  return {
    path,
    ours: imported.filter(isOurs).map((name) => join(dirname(path), name)),
    packages: imported.filter((name) => !isOurs(name)).map(packageOf),
  };
}

const isOurs = (name: string) => name.startsWith('.');
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

const files = ['src', 'migrations', 'admin', 'dev', 'test/support', 'bench'].flatMap(filesIn).map(read);

/** Whether a file is in a place: see `Layer`. */
function isWithin(path: string, place: string): boolean {
  const pattern = place.replaceAll(/[.]/g, '\\.').replaceAll('*', '[^/]+');
  return new RegExp(place.endsWith('/*') ? `^${pattern}$` : `^${pattern}(/|$)`).test(path);
}

function layerOf(path: string): Layer | undefined {
  const fitting = layers.filter(({ area }) => isWithin(path, area));
  return fitting.toSorted((a, b) => b.area.length - a.area.length)[0];
}

const areas = layers.map(({ area }) => area);

/** Whether `target` may be imported by `allowed`: an area, or all areas of a folder. */
function isAllowedBy(target: string, allowed: string): boolean {
  return areas.includes(allowed) ? layerOf(target)?.area === allowed : isWithin(target, allowed);
}

test('every file belongs to an area', () => {
  expect(files.filter(({ path }) => layerOf(path) === undefined).map(({ path }) => path)).toEqual([]);
});

describe.each(layers)('$area', ({ area, ours, packages = [] }) => {
  const own = files.filter(({ path }) => layerOf(path)?.area === area);
  const outside = own.flatMap((file) =>
    file.ours.filter((target) => layerOf(target)?.area !== area).map((target) => ({ file, target })),
  );

  test('imports only what it may', () => {
    const wrong = outside.filter(({ target }) => !ours.some((allowed) => isAllowedBy(target, allowed)));
    expect(wrong.map(({ file, target }) => `${file.path} imports ${target}`)).toEqual([]);
    const strangers = own.flatMap(({ path, packages: used }) =>
      used.filter((name) => !packages.includes(name)).map((name) => `${path} imports ${name}`),
    );
    expect(strangers).toEqual([]);
  });

  test('needs all that it may import', () => {
    const used = (allowed: string) => outside.some(({ target }) => isAllowedBy(target, allowed));
    expect(ours.filter((allowed) => !used(allowed))).toEqual([]);
    const imported = own.flatMap((file) => file.packages);
    expect(packages.filter((name) => !imported.includes(name))).toEqual([]);
  });

  test('imports only areas that stand before it', () => {
    const own = areas.indexOf(area);
    const isAfter = (each: string, allowed: string) =>
      (each === allowed || each.startsWith(`${allowed}/`)) && areas.indexOf(each) >= own;
    const after = ours.filter((allowed) =>
      areas.includes(allowed) ? areas.indexOf(allowed) >= own : areas.some((each) => isAfter(each, allowed)),
    );
    expect(after).toEqual([]);
  });
});

test('no file imports itself through others, by types neither', () => {
  const importsOf = new Map(files.map(({ path, ours }) => [path, ours]));
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(path: string, way: string[]): void {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    if (done.has(path) || way.includes(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  }
  for (const { path } of files) visit(path, []);
  expect(circles).toEqual([]);
});
