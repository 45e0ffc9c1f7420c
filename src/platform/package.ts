import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The package's root directory: two levels up from src/platform/, three from dist/src/platform/. */
export const packageDirectory = fileURLToPath(
  ['../../', '../../../']
    .map((path) => new URL(path, import.meta.url))
    .find((directory) => statSync(new URL('package.json', directory), { throwIfNoEntry: false })) ??
    new URL('../../', import.meta.url),
);

/** The version of this program. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(`${packageDirectory}package.json`, 'utf8')).version;
}
