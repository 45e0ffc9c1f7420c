import { setTimeout as sleep } from 'node:timers/promises';
import { isLosslessNumber } from 'lossless-json';
import type { Logger } from '../../../platform/log/logger.ts';
import { safeError } from '../../../platform/log/safe-error.ts';
import { orElse } from '../or-else.ts';
import type { Members } from '../request/body.ts';

/**
 * Remembers a key for `ttlMs`, for all processes together; `seen` if it was remembered before. `unavailable` if
 * the memory cannot be asked now.
 */
export type RememberNonce = (key: string, ttlMs: number) => Promise<'new' | 'seen' | 'unavailable'>;

const purposes = ['pay', 'close', 'cancel'] as const;
/** What a signature was used for. */
export type Purpose = (typeof purposes)[number];

/** One use of a signature: a request that is right in everything else. */
interface Use {
  members: Members;
  /** Null: any number of operations may share its signature. */
  purpose: Purpose | null;
}

const NONCE_USED = 'nonceStr 已经使用过，请勿重复提交';
const SIGNATURE_USED = 'sign 已经用于其他操作，请重新签名';

/** Where any `reqTime` passes, nothing bounds how late a request may be repeated; this does, ms. */
const UNBOUNDED_WINDOW_MS = 24 * 3_600_000;
/** For the memory to answer, ms. A merchant waits for this. */
const MEMORY_TIMEOUT_MS = 1_000;
/** To ask is to remember; what is only asked about is forgotten after this. */
const ASKED_MS = 1;
/** Longer than what was only asked about is remembered, ms. */
const ASK_AGAIN_MS = 5;

/**
 * Why a request is a repetition that must not pass, or null. A request may be repeated as long as its `reqTime`
 * passes, and that may lie in the future, so it is remembered for the window on both sides of now.
 *
 * With a nonce it passes once, by the nonce and by the signature: different texts may have one signature, since
 * quotes and, in 3.0, the case are no part of it. Without one it may be repeated, because honest clients do within
 * the second that `reqTime` counts; but the path is no part of the signature either, so what was sent for a pay or a
 * close is refused as a cancel. Without the memory every request is new.
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
    if (typeof nonce === 'string' && nonce !== '') return usedOnce(asked, nonce, signature, ttlMs);
    if (use.purpose === null || signature === '') return Promise.resolve(null);
    return usedFor(remember, asked, use.purpose, signature, ttlMs);
  };
  const asked: RememberNonce = async (key, ttl) => {
    const answer = await remember(key, ttl);
    if (answer === 'unavailable') throw new Error('memory unavailable');
    return answer;
  };
  const unchecked = (err: unknown) => {
    log.warn({ reason: 'memory_unavailable', err: safeError(err) }, 'replay not checked');
    return null;
  };
  const late = Symbol('late');
  const answer = await orElse<string | null | typeof late>(check().catch(unchecked), MEMORY_TIMEOUT_MS, late);
  return answer === late ? unchecked(new Error('memory too slow')) : answer;
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

/** Uses of one signature for one purpose that are being looked at, so that they are no obstacle to one another. */
const underWay = new WeakMap<RememberNonce, Map<string, Promise<string | null>>>();

/** Uses at the same time are one question. */
function usedFor(
  memory: RememberNonce,
  asked: RememberNonce,
  purpose: Purpose,
  signature: string,
  ttlMs: number,
): Promise<string | null> {
  const questions = underWay.get(memory) ?? new Map<string, Promise<string | null>>();
  underWay.set(memory, questions);
  const key = purposeKey(purpose, signature);
  const before = questions.get(key);
  if (before !== undefined) return before;
  const question = bind(asked, purpose, signature, ttlMs).finally(() => questions.delete(key));
  questions.set(key, question);
  return question;
}

/** The first use binds a signature to its purpose. Looked at twice, so that of two first uses at most one passes. */
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

/** Asked again, because somebody else may only have asked too. */
async function isRemembered(remember: RememberNonce, key: string): Promise<boolean> {
  if ((await remember(key, ASKED_MS)) === 'new') return false;
  await sleep(ASK_AGAIN_MS);
  return (await remember(key, ASKED_MS)) === 'seen';
}

function signatureKey(signature: string): string {
  return `sign:${signature}`;
}

function purposeKey(purpose: Purpose, signature: string): string {
  return `${purpose}:${signature}`;
}
