import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Client } from 'undici';
import { isSuccess, readAnswer } from './read-answer.ts';
import type { ResolveHost } from './resolve-host.ts';

/** Time limit of a whole send, ms, from DNS to the last byte of the answer. */
export const SEND_TIMEOUT_MS = 5_000;
/** A longer answer is not SUCCESS. */
const MAX_ANSWER_BYTES = 64 * 1024;
const TOO_LONG = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
const MAX_EXCERPT = 200;

export interface NoticeRequest {
  url: string;
  eventId: string;
  attempt: number;
  body: string;
}

export interface SendResult {
  /** Everything but `delivered` is a failure. */
  outcome:
    | 'delivered'
    /** Not 2xx; redirects are not followed. */
    | 'wrong_status'
    /** 2xx, but not SUCCESS. */
    | 'wrong_answer'
    | 'timeout'
    /** The connection broke, or there is no route. */
    | 'unreachable'
    /** Connection refused. */
    | 'not_listening'
    /** The host name has no address. */
    | 'unknown_host'
    /** The TLS certificate is expired, self-signed, for another name, or cannot be verified. */
    | 'bad_certificate'
    /** The address is not on the public internet. */
    | 'refused_address'
    /** The URL is not http or https, or contains a user or password. */
    | 'refused_url'
    /** Nothing was sent: the body could not be written. */
    | 'unwritable';
  httpStatus: number | null;
  /** The start of the answer without control characters, or why there is none. */
  answer: string | null;
}

export type SendNotice = (request: NoticeRequest) => Promise<SendResult>;

/**
 * Sends one notice, once. Never throws, and never exceeds the time limit. Connects only to an address that `resolveHost`
 * returned: the name is not resolved again, so it cannot change after the check (DNS rebinding). Each send opens its own
 * connection: a kept one may be dead unnoticed.
 */
export function createNoticeSender(resolveHost: ResolveHost, timeoutMs = SEND_TIMEOUT_MS): SendNotice {
  return async (request) => {
    const url = URL.canParse(request.url) ? new URL(request.url) : null;
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
      return failed('refused_url');
    const signal = AbortSignal.timeout(timeoutMs);
    const resolved = await Promise.race([resolveHost(url.hostname), aborted(signal)]);
    if (resolved === 'aborted') return failed('timeout');
    if (resolved.kind === 'refused') return failed('refused_address');
    if (resolved.kind === 'unknown') return failed('unknown_host', 'no address');
    const client = new Client(url.origin, {
      connect: { lookup: pinned(resolved.addresses), timeout: timeoutMs },
      pipelining: 0,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
    try {
      return await exchange(client, url, request, signal);
    } catch (error) {
      const reason = reasonOf(error);
      return failed(signal.aborted ? 'timeout' : outcomeOf(reason), reason);
    } finally {
      await client.destroy().catch(() => {});
    }
  };
}

async function exchange(
  client: Client,
  url: URL,
  request: NoticeRequest,
  signal: AbortSignal,
): Promise<SendResult> {
  const { statusCode, headers, body } = await client.request({
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Autoclose',
      'autoclose-event-id': request.eventId,
      'autoclose-attempt': String(request.attempt),
    },
    body: request.body,
    signal,
  });
  const httpStatus = statusCode;
  const bytes = await body.arrayBuffer().catch((error: unknown) => ({ error }));
  if ('error' in bytes) {
    const reason = reasonOf(bytes.error);
    const outcome = signal.aborted ? 'timeout' : reason === TOO_LONG ? 'wrong_answer' : outcomeOf(reason);
    return { outcome, httpStatus, answer: reason };
  }
  const how = { encoding: one(headers['content-encoding']), type: one(headers['content-type']) };
  const text = readAnswer(Buffer.from(bytes), how, MAX_ANSWER_BYTES);
  const answer = text === null ? 'cannot be decoded' : excerpt(text);
  if (httpStatus < 200 || httpStatus > 299) return { outcome: 'wrong_status', httpStatus, answer };
  return { outcome: text !== null && isSuccess(text) ? 'delivered' : 'wrong_answer', httpStatus, answer };
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

/** Maps an error code of Node.js or OpenSSL to an outcome. */
function outcomeOf(code: string): 'not_listening' | 'bad_certificate' | 'unreachable' {
  if (code === 'ECONNREFUSED') return 'not_listening';
  return /CERT|LEAF_SIGNATURE|HOSTNAME_MISMATCH/.test(code) ? 'bad_certificate' : 'unreachable';
}

/** A lookup function that returns only these addresses. */
function pinned(addresses: [LookupAddress, ...LookupAddress[]]): LookupFunction {
  const [{ address, family }] = addresses;
  return (_hostname, options, callback) =>
    options.all === true ? callback(null, addresses) : callback(null, address, family);
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

function failed(outcome: SendResult['outcome'], answer: string | null = null): SendResult {
  return { outcome, httpStatus: null, answer };
}

/** The error's code, such as ECONNREFUSED; messages would reveal addresses. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'unknown';
}

/** The start of the text, on one line. Half a surrogate pair, from the cut, counts as a control character. */
function excerpt(text: string): string {
  const start = text.slice(0, 10 * MAX_EXCERPT).replace(/[\p{C}\s]+/gu, ' ');
  return [...start.trim()].slice(0, MAX_EXCERPT).join('');
}
