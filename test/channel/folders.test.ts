import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../src/channel/built-in');
const gateways = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** What a gateway's folder imports: paths in `built-in/`, and packages. */
function importsOf(gateway: string): string[] {
  const folder = join(root, gateway);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from = '']) =>
        from.startsWith('.') ? relative(root, resolve(dirname(file), from)) : from,
      ),
    );
}

test('a gateway imports nothing of another one, and no package that another one speaks with', () => {
  expect(gateways.length).toBeGreaterThan(2);
  const shared = new Set(['zod']);
  const spokenBy = new Map<string, string>();
  for (const { name } of gateways) {
    for (const from of importsOf(name)) {
      expect(gateways.some((other) => other.name !== name && from.startsWith(`${other.name}/`))).toBe(false);
      if (from.endsWith('.ts') || from.startsWith('node:') || shared.has(from)) continue;
      expect(spokenBy.get(from) ?? name).toBe(name);
      spokenBy.set(from, name);
    }
  }
});
