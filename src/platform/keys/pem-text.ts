import { readFileSync } from 'node:fs';

/** Returns PEM text: the value itself (with \n for line ends), or the content of the file at this path, or else the value. */
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
