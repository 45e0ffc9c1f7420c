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
import { SEND_TIMEOUT_MS, type SendNotice, type Sent } from './send-notice.ts';

/** How long a notice is kept from other senders at least, ms: longer than a send takes. */
const LEASE_MS = 2 * SEND_TIMEOUT_MS;

/** How notices get to those who wait for them. */
export interface Messenger {
  /** False for a notice that another program has to carry: it is left as it is, and costs no attempt. */
  carries(url: string): boolean;
  send: SendNotice;
  /** The body that tells the merchant of the order as it is given, signed at `now`. */
  writeBody(order: PaymentOrder, now: Date): string;
}

/** What sending notices works with. Built once, in `engine.ts`. */
export interface NoticeDeps extends Messenger {
  notices: NoticeStore;
  clock: Clock;
  log: Logger;
  /** Where the database's outages are reported; without it the relay reports them by itself. */
  outage?: Outage;
}

/**
 * The right to make a notice's next attempt, or null: another has it, or the last attempt was interrupted and there is
 * no other. Until it is known what comes of the attempt it counts as failed, so that one whose end is never recorded,
 * for whatever reason, follows the schedule and is given up like any other; so does one that cannot be recorded.
 */
export async function takeNotice(deps: NoticeDeps, notice: MerchantNotice): Promise<string | null> {
  const now = deps.clock.now();
  const sends = notice.attempts - notice.attemptsBefore;
  if (sends >= SENDS) {
    if (await deps.notices.giveUp(notice, now)) logOf(deps, notice).error('merchant notice abandoned');
    return null;
  }
  const token = randomUUID();
  const until = new Date(now.getTime() + Math.max(LEASE_MS, nextSendInMs(sends + 1) ?? 0));
  try {
    return (await deps.notices.take(notice, { token, until }, now)) ? token : null;
  } catch (error) {
    if (!isPermanent(error)) throw error;
    await deps.notices.skip(notice, until);
    const fields = { err: safeError(error), nextAt: until };
    logOf(deps, notice).error(fields, 'merchant notice skipped; its attempt cannot be recorded');
    return null;
  }
}

/**
 * Makes the attempt that `token` was taken for, and records what came of it; that is returned. Throws when the
 * database cannot be reached.
 */
export async function deliverNotice(
  deps: NoticeDeps,
  notice: MerchantNotice,
  token: string,
): Promise<Sent['outcome']> {
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

/** A body that cannot be written is a failure like any other: a new release may be able to. */
async function writeAndSend(deps: NoticeDeps, notice: MerchantNotice, attempt: number): Promise<Sent> {
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

function afterSend(outcome: Sent['outcome'], sends: number, now: Date): AfterSend {
  if (outcome === 'delivered') return { state: 'delivered', nextAt: null, endedAt: now };
  // A URL that cannot be sent to will not become another.
  const waitMs = outcome === 'refused_url' ? null : nextSendInMs(sends);
  if (waitMs === null) return { state: 'given_up', nextAt: null, endedAt: now };
  return { state: 'pending', nextAt: new Date(now.getTime() + waitMs), endedAt: null };
}

function logOf({ log }: NoticeDeps, { orderNo, event, eventId, host }: MerchantNotice): Logger {
  return log.child({ orderNo, event, eventId, host });
}
