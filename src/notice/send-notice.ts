import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Client } from 'undici';
import { isSuccess, readAnswer } from './read-answer.ts';
import type { ResolveHost } from './resolve-host.ts';

/** For a whole exchange, from the name's resolution to the answer's last byte, ms. */
export const SEND_TIMEOUT_MS = 5_000;
/** Whatever is longer is not SUCCESS. */
const MAX_ANSWER_BYTES = 64 * 1024;
const TOO_LONG = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
const MAX_EXCERPT = 200;

export interface Letter {
  url: string;
  eventId: string;
  attempt: number;
  body: string;
}

export interface Sent {
  /** Everything but `delivered` is a failure. */
  outcome:
    | 'delivered'
    /** Not 2xx; redirects are not followed. */
    | 'wrong_status'
    /** 2xx, but not SUCCESS. */
    | 'wrong_answer'
    | 'timeout'
    /** Broken off, or no way to it. */
    | 'unreachable'
    /** Nothing listens there. */
    | 'not_listening'
    /** Its name has no address. */
    | 'unknown_host'
    /** Its TLS certificate is expired, self-signed, for another name, or not to be verified. */
    | 'bad_certificate'
    /** Not on the public internet. */
    | 'refused_address'
    /** No http or https, or with a password in it. */
    | 'refused_url'
    /** Nothing was sent: the body could not be written. */
    | 'unwritable';
  httpStatus: number | null;
  /** The beginning of the answer without control characters, or why there is none. */
  answer: string | null;
}

export type SendNotice = (letter: Letter) => Promise<Sent>;

/**
 * Sends one notice, once. Never throws, and never takes longer than the limit. The connection goes to an address that
 * `resolveHost` has returned and nowhere else: the name is not resolved again, so it cannot turn into another address
 * after it was checked. Each send has a connection of its own: one that was kept may be dead without our knowing.
 */
export function createNoticeSender(resolveHost: ResolveHost, timeoutMs = SEND_TIMEOUT_MS): SendNotice {
  return async (letter) => {
    const url = URL.canParse(letter.url) ? new URL(letter.url) : null;
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
      return await exchange(client, url, letter, signal);
    } catch (error) {
      const reason = reasonOf(error);
      return failed(signal.aborted ? 'timeout' : outcomeOf(reason), reason);
    } finally {
      await client.destroy().catch(() => {});
    }
  };
}

async function exchange(client: Client, url: URL, letter: Letter, signal: AbortSignal): Promise<Sent> {
  const { statusCode, headers, body } = await client.request({
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Autoclose',
      'autoclose-event-id': letter.eventId,
      'autoclose-attempt': String(letter.attempt),
    },
    body: letter.body,
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

/** What a code of Node's or of OpenSSL's says about the merchant's server. */
function outcomeOf(code: string): 'not_listening' | 'bad_certificate' | 'unreachable' {
  if (code === 'ECONNREFUSED') return 'not_listening';
  return /CERT|LEAF_SIGNATURE|HOSTNAME_MISMATCH/.test(code) ? 'bad_certificate' : 'unreachable';
}

/** A lookup that knows these addresses and no others. */
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

function failed(outcome: Sent['outcome'], answer: string | null = null): Sent {
  return { outcome, httpStatus: null, answer };
}

/** A code such as ECONNREFUSED: messages name addresses. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'unknown';
}

/** Half a character, at a cut, counts as a control character. */
function excerpt(text: string): string {
  const start = text.slice(0, 10 * MAX_EXCERPT).replace(/[\p{C}\s]+/gu, ' ');
  return [...start.trim()].slice(0, MAX_EXCERPT).join('');
}
