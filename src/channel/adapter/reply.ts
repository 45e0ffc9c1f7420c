import { z } from 'zod';
import type { CancelResult, CreateResult, Failure, PayerDetails } from '../channel.ts';

/** Default timeout of a call to a channel, ms. */
export const DEFAULT_CALL_TIMEOUT_MS = 5_000;
/** Limit on the size of an answer. Real ones have a few KiB. */
export const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_TEXT_LENGTH = 200;

/**
 * A call's reply before it is interpreted. `statedAt`: the channel's time, from the answer's `Date` header, if
 * present.
 */
export type Reply =
  /** HTTP 2xx with a valid signature. */
  | { kind: 'verified'; status: number; data: unknown; statedAt?: Date | undefined }
  /** HTTP 4xx or 5xx. Channels do not sign these. `code` is empty when the body has none. */
  | { kind: 'refusal'; status: number; code: string; message: string; statedAt?: Date | undefined }
  /** No answer, or one that cannot be trusted. `why` is fit for the close record. */
  | { kind: 'lost'; why: string };

/**
 * The time in an answer's `Date` header (RFC 9110: whole seconds, rounded down, so never later than the channel's
 * clock). Undefined if it is missing or invalid.
 */
export function statedTime(header: unknown): Date | undefined {
  if (typeof header !== 'string') return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : new Date(at);
}

/** Adds the channel's time to a query's answer, if the reply states it. */
export function withStatedTime<Result extends object>(
  result: Result,
  reply: Reply,
): Result & { statedAt?: Date } {
  const statedAt = reply.kind === 'lost' ? undefined : reply.statedAt;
  return statedAt === undefined ? result : { ...result, statedAt };
}

export type Refusal = Extract<Reply, { kind: 'refusal' }>;

const refusalSchema = z.object({ code: z.string().catch(''), message: z.string().catch('') });

/** The refusal in a body with `code` and `message`; both are empty if it has none. */
export function refusalOf(status: number, body: unknown, statedAt: Date | undefined): Refusal {
  const { code = '', message = '' } = refusalSchema.safeParse(body).data ?? {};
  return { kind: 'refusal', status, code, message, statedAt };
}

/** The table entry of a code that reports a fault of the channel: no answer, like a 5xx. */
export type OwnFault = 'own_fault';

/** The meaning of a code. `answered`: the channel answered, but what that means for the order is unknown. */
export interface ReadCode<Kind extends string> {
  kind: Exclude<Kind, OwnFault> | 'unknown';
  answered?: true;
}

/** Looks up a channel's code in a table. A code that is not listed is `unknown`, with `answered`. */
export function readCode<Kind extends string>(
  table: Readonly<Record<string, Kind>>,
  code: string,
): ReadCode<Kind> {
  const kind: string | undefined = lookUp(table, code);
  if (kind === 'own_fault' || code === '') return { kind: 'unknown' };
  if (kind === undefined || kind === 'unknown') return { kind: 'unknown', answered: true };
  return { kind: kind as Exclude<Kind, OwnFault> };
}

/** Looks up a refusal's code in a table. HTTP status 429 and 5xx take precedence over the code. */
export function readRefusal<Kind extends string>(
  table: Readonly<Record<string, Kind>>,
  { status, code }: Refusal,
): ReadCode<Kind | 'rate_limited'> {
  if (status === 429) return { kind: 'rate_limited' } as ReadCode<Kind | 'rate_limited'>;
  if (status >= 500) return { kind: 'unknown' };
  return readCode(table, code);
}

/** The channel refused; `message` is the reason that the merchant reads. */
export function refused(answer: string, { message, code }: Refusal): CreateResult {
  return { kind: 'refused', answer, message: shortText(message || code) };
}

/** Not called: the merchant left out a field that this method requires. */
export function missing(what: string): CreateResult {
  return { kind: 'refused', asked: false, answer: `not called: no ${what}`, message: `缺少参数 ${what}` };
}

/** Not called: the channel does not have this method, which the order layer should not have offered. */
export function unsupported(method: string): CreateResult {
  return {
    kind: 'refused',
    asked: false,
    answer: `not called: ${method}`,
    message: `不支持的支付方式 ${method}`,
  };
}

/** Not called: the channel has no cancel for such an order. */
export const notCancellable: CancelResult = {
  kind: 'not_cancellable',
  asked: false,
  answer: 'not called: no cancel for it',
};

/** Removes the customer's data: channels repeat parameters in their messages. */
export function withoutPayer(reply: Reply, { authCode, openId }: PayerDetails): Reply {
  if (reply.kind !== 'refusal') return reply;
  const message = [authCode, openId].reduce<string>(
    (text, secret) => (secret ? text.replaceAll(secret, '***') : text),
    reply.message,
  );
  return { ...reply, message };
}

/** Looks up a table row by an untrusted key. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** One short line of a channel's answer for display: joined, without control characters, truncated. */
export function shortText(...parts: (string | number)[]): string {
  const line = parts
    .join(' ')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cutText(line, MAX_TEXT_LENGTH);
}

/** Truncates to `length` UTF-16 units, never inside a surrogate pair. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

export function unknown(...answer: (string | number)[]): Failure {
  return { kind: 'unknown', answer: shortText(...answer) };
}

/** Why a call brought no answer, in one word: the code of a network error. */
export function codeOfError(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
