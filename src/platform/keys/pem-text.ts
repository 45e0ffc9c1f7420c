import { readFileSync } from 'node:fs';

/** PEM text as it was given (its line ends may be written out as \n), or that of the file with this path, or the value. */
export function pemText(value: string): string {
  if (value.includes('-----BEGIN')) return value.replaceAll('\\n', '\n');
  return tried(() => readFileSync(value, 'utf8')) ?? value;
}

export function tried<T>(attempt: () => T): T | null {
  try {
    return attempt();
  } catch {
    return null;
  }
}
