import { setTimeout as sleep } from 'node:timers/promises';
import { isLosslessNumber } from 'lossless-json';
import type { Logger } from '../../../platform/log/logger.ts';
import { safeError } from '../../../platform/log/safe-error.ts';
import { withTimeout } from '../../../platform/timeout.ts';
import type { Members } from '../request/body.ts';

/**
 * Remembers a key for `ttlMs`, shared by all processes. Returns `seen` if it was remembered already, `unavailable` if the
 * memory cannot be reached.
 */
export type RememberNonce = (key: string, ttlMs: number) => Promise<'new' | 'seen' | 'unavailable'>;

const purposes = ['pay', 'close', 'cancel'] as const;
/** What a signature is used for. */
export type Purpose = (typeof purposes)[number];

/** One use of a signature, by an otherwise valid request. */
interface Use {
  members: Members;
  /** Null: any number of operations may share its signature. */
  purpose: Purpose | null;
}

const NONCE_USED = 'nonceStr 已经使用过，请勿重复提交';
const SIGNATURE_USED = 'sign 已经用于其他操作，请重新签名';

/** If any `reqTime` is accepted, a repetition is detected this long, ms. */
const UNBOUNDED_WINDOW_MS = 24 * 3_600_000;
/** How long the memory may take to answer, ms. The merchant is waiting. */
const MEMORY_TIMEOUT_MS = 1_000;
/** A lookup also remembers; it uses this time to live, ms. */
const LOOKUP_TTL_MS = 1;
/** Wait before the second lookup, ms: longer than the first remembers. */
const LOOKUP_AGAIN_MS = 5;

/**
 * Why a request is a rejected repetition, or null. A request could be repeated while its `reqTime` is valid, which may be in
 * the future, so it is remembered for twice the tolerance.
 *
 * With a nonce it is accepted once, by nonce and by signature: different texts can have the same signature, because it
 * ignores quotes and, in 3.0, case. Without a nonce it may be repeated, because honest clients repeat requests within the
 * second that `reqTime` counts; but since the signature does not cover the path, a request sent as pay or close is rejected
 * as a cancel. If the memory is unavailable, every request is accepted.
 */
export async function replayOf(
  remember: RememberNonce,
  use: Use,
  toleranceS: number,
  log: Logger,
): Promise<string | null> {
  const { nonceStr, sign } = use.members;
  const nonce = isLosslessNumber(nonceStr) ? nonceStr.value : nonceStr;
  const signature = typeof sign === 'string' ? sign.toLowerCase() : '';
  const ttlMs = toleranceS > 0 ? 2 * toleranceS * 1000 : UNBOUNDED_WINDOW_MS;
  const check = (): Promise<string | null> => {
    if (typeof nonce === 'string' && nonce !== '') return usedOnce(rememberOrThrow, nonce, signature, ttlMs);
    if (use.purpose === null || signature === '') return Promise.resolve(null);
    return usedFor(remember, rememberOrThrow, use.purpose, signature, ttlMs);
  };
  const rememberOrThrow: RememberNonce = async (key, ttl) => {
    const answer = await remember(key, ttl);
    if (answer === 'unavailable') throw new Error('memory unavailable');
    return answer;
  };
  const unchecked = (err: unknown) => {
    log.warn({ reason: 'memory_unavailable', err: safeError(err) }, 'replay check skipped');
    return null;
  };
  return withTimeout(MEMORY_TIMEOUT_MS, check).catch(unchecked);
}

async function usedOnce(
  remember: RememberNonce,
  nonce: string,
  signature: string,
  ttlMs: number,
): Promise<string | null> {
  const keys = signature === '' ? [nonce] : [signatureKey(signature), nonce];
  const answers = await Promise.all(keys.map((key) => remember(key, ttlMs)));
  return answers.includes('seen') ? NONCE_USED : null;
}

/** Checks in progress, by purpose and signature, so that concurrent uses do not reject each other. */
const inProgress = new WeakMap<RememberNonce, Map<string, Promise<string | null>>>();

/** Concurrent uses share one check. */
function usedFor(
  memory: RememberNonce,
  rememberOrThrow: RememberNonce,
  purpose: Purpose,
  signature: string,
  ttlMs: number,
): Promise<string | null> {
  const checks = inProgress.get(memory) ?? new Map<string, Promise<string | null>>();
  inProgress.set(memory, checks);
  const key = purposeKey(purpose, signature);
  const running = checks.get(key);
  if (running !== undefined) return running;
  const check = bind(rememberOrThrow, purpose, signature, ttlMs).finally(() => checks.delete(key));
  checks.set(key, check);
  return check;
}

/** Binds a signature to the purpose of its first use. Checks before and after, so that of two first uses at most one passes. */
async function bind(
  remember: RememberNonce,
  purpose: Purpose,
  signature: string,
  ttlMs: number,
): Promise<string | null> {
  const others = purposes.filter((each) => each !== purpose).map((each) => purposeKey(each, signature));
  const isBound = async () => {
    const answers = await Promise.all(
      [signatureKey(signature), ...others].map((key) => isRemembered(remember, key)),
    );
    return answers.includes(true);
  };
  if (await isBound()) return SIGNATURE_USED;
  const first = await remember(purposeKey(purpose, signature), ttlMs);
  return first === 'new' && (await isBound()) ? SIGNATURE_USED : null;
}

/** Looks up twice, because another lookup may have remembered the key. */
async function isRemembered(remember: RememberNonce, key: string): Promise<boolean> {
  if ((await remember(key, LOOKUP_TTL_MS)) === 'new') return false;
  await sleep(LOOKUP_AGAIN_MS);
  return (await remember(key, LOOKUP_TTL_MS)) === 'seen';
}

function signatureKey(signature: string): string {
  return `sign:${signature}`;
}

function purposeKey(purpose: Purpose, signature: string): string {
  return `${purpose}:${signature}`;
}
