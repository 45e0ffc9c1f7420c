import { isLosslessNumber } from 'lossless-json';
import type { Logger } from '../../platform/logger.ts';
import type { Members } from './body.ts';
import { orElse } from './or-else.ts';

/**
 * Remembers a key for `ttlMs`, for all processes together; `seen` if it was remembered before. `unavailable` if
 * the memory cannot be asked now.
 */
export type RememberNonce = (key: string, ttlMs: number) => Promise<'new' | 'seen' | 'unavailable'>;

/** Where any `reqTime` passes, nothing bounds how late a request may be repeated; this does, ms. */
const UNBOUNDED_WINDOW_MS = 24 * 3_600_000;
/** For the memory to answer, ms. A merchant waits for this. */
const MEMORY_TIMEOUT_MS = 1_000;

/**
 * True if a request with this `nonceStr` has been here before. A request may be repeated as long as its `reqTime`
 * passes, and that may lie in the future, so the nonce is kept for the window on both sides of now. Without a nonce,
 * or without the memory, every request is new: a repeated close or create changes nothing, while a refused one may.
 */
export async function isReplay(
  rememberNonce: RememberNonce,
  { nonceStr }: Members,
  toleranceS: number,
  log: Logger,
): Promise<boolean> {
  const nonce = isLosslessNumber(nonceStr) ? nonceStr.value : nonceStr;
  if (typeof nonce !== 'string' || nonce === '') return false;
  const ttlMs = toleranceS > 0 ? 2 * toleranceS * 1000 : UNBOUNDED_WINDOW_MS;
  const answer = await orElse(
    rememberNonce(nonce, ttlMs).catch((err) => {
      log.warn({ err }, 'nonce memory failed');
      return 'unavailable' as const;
    }),
    MEMORY_TIMEOUT_MS,
    'unavailable' as const,
  );
  if (answer === 'unavailable') log.warn({ reason: 'memory_unavailable' }, 'replay not checked');
  return answer === 'seen';
}
