import type { CancelResult, CreateResult, Failure, PayerDetails } from '../channel.ts';

/** How long a call to a channel may take, unless the configuration says otherwise. */
export const DEFAULT_CALL_TIMEOUT_MS = 5_000;
/** The longest answer that is read. Real ones have a few KiB. */
export const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_TEXT_LENGTH = 200;

/**
 * What a call brought back, before anybody reads a meaning into it. `statedAt`: the channel's own time, by the answer's
 * `Date`, where it has one.
 */
export type Reply =
  /** HTTP 2xx whose signature was right. */
  | { kind: 'verified'; status: number; data: unknown; statedAt?: Date | undefined }
  /** HTTP 4xx or 5xx. Channels do not sign these. `code` is empty when the body has none. */
  | { kind: 'refusal'; status: number; code: string; message: string; statedAt?: Date | undefined }
  /** No answer, or one that must not be believed. `why` is fit for the close record. */
  | { kind: 'lost'; why: string };

/**
 * The moment that an answer's `Date` header states (RFC 9110: whole seconds, rounded down, so never later than the channel's
 * clock). Undefined where there is none, or none that can be read.
 */
export function statedTime(header: unknown): Date | undefined {
  if (typeof header !== 'string') return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : new Date(at);
}

/** A query's answer with the channel's own time, where the reply states it. */
export function withStatedTime<Result extends object>(
  result: Result,
  reply: Reply,
): Result & { statedAt?: Date } {
  const statedAt = reply.kind === 'lost' ? undefined : reply.statedAt;
  return statedAt === undefined ? result : { ...result, statedAt };
}

export type Refusal = Extract<Reply, { kind: 'refusal' }>;

/** What a table says of a code that reports a fault of the channel: it counts as no answer, like a 5xx. */
export type OwnFault = 'own_fault';

/** What a code was taken for. `answered`: the channel has answered, but nobody knows what that means for the order. */
export interface ReadCode<Kind extends string> {
  kind: Exclude<Kind, OwnFault> | 'unknown';
  answered?: true;
}

/** Reads a code of the channel's own by a table of them. What the table does not list is unknown, and an answer. */
export function readCode<Kind extends string>(
  table: Readonly<Record<string, Kind>>,
  code: string,
): ReadCode<Kind> {
  const kind: string | undefined = lookUp(table, code);
  if (kind === 'own_fault' || code === '') return { kind: 'unknown' };
  if (kind === undefined || kind === 'unknown') return { kind: 'unknown', answered: true };
  return { kind: kind as Exclude<Kind, OwnFault> };
}

/**
 * Reads a refusal by a table of the channel's codes. Too many requests and server errors are known by their
 * HTTP status, whatever their code says.
 */
export function readRefusal<Kind extends string>(
  table: Readonly<Record<string, Kind>>,
  { status, code }: Refusal,
): ReadCode<Kind | 'rate_limited'> {
  if (status === 429) return { kind: 'rate_limited' } as ReadCode<Kind | 'rate_limited'>;
  if (status >= 500) return { kind: 'unknown' };
  return readCode(table, code);
}

/** The channel refused; the merchant reads why. */
export function refused(answer: string, { message, code }: Refusal): CreateResult {
  return { kind: 'refused', answer, message: shortText(message || code) };
}

/** Not asked at all: the merchant left out what this method needs. */
export function missing(what: string): CreateResult {
  return { kind: 'refused', asked: false, answer: `not called: no ${what}`, message: `缺少参数 ${what}` };
}

/** Not asked at all: the order layer offers only a channel's own methods, and this is not one. */
export function unsupported(method: string): CreateResult {
  return {
    kind: 'refused',
    asked: false,
    answer: `not called: ${method}`,
    message: `不支持的支付方式 ${method}`,
  };
}

/** Not asked at all: there is no cancel for such an order. */
export const notCancellable: CancelResult = {
  kind: 'not_cancellable',
  asked: false,
  answer: 'not called: no cancel for it',
};

/** Without what is the customer's: channels repeat parameters in their messages. */
export function withoutPayer(reply: Reply, { authCode, openId }: PayerDetails): Reply {
  if (reply.kind !== 'refusal') return reply;
  const message = [authCode, openId].reduce<string>(
    (text, secret) => (secret ? text.replaceAll(secret, '***') : text),
    reply.message,
  );
  return { ...reply, message };
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
