import { readFileSync, statSync } from 'node:fs';

/** The version of this program, as its package says. */
export const version = readVersion();

function readVersion(): string {
  // One level up from src/, two from dist/src/.
  for (const path of ['../package.json', '../../package.json']) {
    const file = new URL(path, import.meta.url);
    if (statSync(file, { throwIfNoEntry: false })) return JSON.parse(readFileSync(file, 'utf8')).version;
  }
  return 'unknown';
}
