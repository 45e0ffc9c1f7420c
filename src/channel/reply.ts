import type { Failure } from './channel.ts';

/** How long a call to a channel may take, unless the configuration says otherwise. */
export const DEFAULT_CALL_TIMEOUT_MS = 5_000;
/** The longest answer that is read. Real ones have a few KiB. */
export const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_TEXT_LENGTH = 200;

/** What a call brought back, before anybody reads a meaning into it. */
export type Reply =
  /** HTTP 2xx whose signature was right. */
  | { kind: 'verified'; status: number; data: unknown }
  /** HTTP 4xx or 5xx. Channels do not sign these. `code` is empty when the body has none. */
  | { kind: 'refusal'; status: number; code: string; message: string }
  /** No answer, or one that must not be believed. `why` is fit for the close record. */
  | { kind: 'lost'; why: string };

export type Refusal = Extract<Reply, { kind: 'refusal' }>;

/**
 * Reads a refusal by a table of the channel's codes. Too many requests and server errors are known by their
 * HTTP status, whatever their code says; what the table does not list is unknown.
 */
export function readRefusal<Kind extends string>(
  table: Readonly<Record<string, Kind>>,
  { status, code }: Refusal,
): Kind | 'rate_limited' | 'unknown' {
  if (status === 429) return 'rate_limited';
  if (status >= 500) return 'unknown';
  return lookUp(table, code) ?? 'unknown';
}

/** A table's row, by a key that somebody else wrote. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** One short line of what a channel said, for people: joined, without control characters, cut. */
export function shortText(...parts: (string | number)[]): string {
  const line = parts
    .join(' ')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cutText(line, MAX_TEXT_LENGTH);
}

/** At most `length` UTF-16 units, without half a character at the end. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

export function unknown(...answer: (string | number)[]): Failure {
  return { kind: 'unknown', answer: shortText(...answer) };
}
