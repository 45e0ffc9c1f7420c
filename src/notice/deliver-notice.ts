import { randomUUID } from 'node:crypto';
import type { PaymentOrder } from '../order/order.ts';
import type { MerchantNotice } from '../order/outbox/notice-entities.ts';
import { readSnapshot } from '../order/outbox/notice-snapshot.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Outage } from '../platform/log/outage.ts';
import { safeError } from '../platform/log/safe-error.ts';
import { isPermanent } from '../platform/mysql/permanent-error.ts';
import type { AfterSend, NoticeStore } from './notice-store.ts';
import { nextSendInMs, SENDS } from './schedule.ts';
import { SEND_TIMEOUT_MS, type SendNotice, type SendResult } from './send-notice.ts';

/** Minimum lease of a notice during an attempt, ms; longer than a send takes. */
const LEASE_MS = 2 * SEND_TIMEOUT_MS;

/** How notices are delivered: over HTTP, or to an embedding shop's function. */
export interface Messenger {
  /** False: the notice belongs to another program. It stays unchanged and uses no attempt. */
  accepts(url: string): boolean;
  send: SendNotice;
  /** The notice's body for this order, signed at `now`. */
  writeBody(order: PaymentOrder, now: Date): string;
}

/** The dependencies of sending notices. Built once, in `engine.ts`. */
export interface NoticeDeps extends Messenger {
  notices: NoticeStore;
  clock: Clock;
  log: Logger;
  /** Logs the database's outages; without it, the relay logs them itself. */
  outage?: Outage;
}

/**
 * Claims a notice's next delivery attempt and returns its token; null if another process has it or no attempt is left.
 * The attempt counts as failed until its result is recorded. So an attempt whose result is never recorded follows the
 * schedule and is abandoned like any other, and so does one that cannot be recorded.
 */
export async function claimNotice(deps: NoticeDeps, notice: MerchantNotice): Promise<string | null> {
  const now = deps.clock.now();
  const sends = notice.attempts - notice.attemptsBefore;
  if (sends >= SENDS) {
    if (await deps.notices.giveUp(notice, now)) logOf(deps, notice).error('merchant notice abandoned');
    return null;
  }
  const token = randomUUID();
  const until = new Date(now.getTime() + Math.max(LEASE_MS, nextSendInMs(sends + 1) ?? 0));
  try {
    return (await deps.notices.claim(notice, { token, until }, now)) ? token : null;
  } catch (error) {
    if (!isPermanent(error)) throw error;
    await deps.notices.skip(notice, until);
    const fields = { err: safeError(error), nextAt: until };
    logOf(deps, notice).error(fields, 'merchant notice skipped; its attempt cannot be recorded');
    return null;
  }
}

/** Makes the attempt claimed with `token`, records its outcome and returns it. Throws if the database is unreachable. */
export async function deliverNotice(
  deps: NoticeDeps,
  notice: MerchantNotice,
  token: string,
): Promise<SendResult['outcome']> {
  const { id } = notice;
  const attempt = notice.attempts + 1;
  const startedAt = performance.now();
  const sent = await writeAndSend(deps, notice, attempt);
  const durationMs = Math.round(performance.now() - startedAt);

  const after = afterSend(sent.outcome, attempt - notice.attemptsBefore, deps.clock.now());
  if (!(await deps.notices.end({ id, attempt, token }, { ...sent, durationMs }, after))) return sent.outcome;
  const { outcome, httpStatus, answer } = sent;
  const log = logOf(deps, notice).child({ attempt, outcome, httpStatus });
  if (after.state === 'delivered') log.info('merchant notice delivered');
  else if (after.state === 'pending')
    log.warn({ nextAt: after.nextAt }, 'merchant notice not delivered; will retry');
  else log.error(outcome === 'unwritable' ? { answer } : {}, 'merchant notice abandoned');
  return outcome;
}

/** A body that cannot be written counts as a failed attempt: a new release may be able to write it. */
async function writeAndSend(deps: NoticeDeps, notice: MerchantNotice, attempt: number): Promise<SendResult> {
  const { url, eventId, snapshot } = notice;
  let body: string;
  try {
    body = deps.writeBody(readSnapshot(snapshot), deps.clock.now());
  } catch (error) {
    const answer = error instanceof Error ? error.name : 'unknown';
    return { outcome: 'unwritable', httpStatus: null, answer };
  }
  return deps.send({ url, eventId, attempt, body });
}

function afterSend(outcome: SendResult['outcome'], sends: number, now: Date): AfterSend {
  if (outcome === 'delivered') return { state: 'delivered', nextAt: null, endedAt: now };
  // The URL never changes, so a retry is pointless.
  const waitMs = outcome === 'refused_url' ? null : nextSendInMs(sends);
  if (waitMs === null) return { state: 'given_up', nextAt: null, endedAt: now };
  return { state: 'pending', nextAt: new Date(now.getTime() + waitMs), endedAt: null };
}

function logOf({ log }: NoticeDeps, { orderNo, event, eventId, host }: MerchantNotice): Logger {
  return log.child({ orderNo, event, eventId, host });
}
