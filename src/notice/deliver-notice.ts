import type { MerchantNotice } from '../order/notice-entities.ts';
import { readSnapshot } from '../order/notice-snapshot.ts';
import type { PaymentOrder } from '../order/order.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { AfterSend, NoticeStore } from './notice-store.ts';
import { nextSendInMs } from './schedule.ts';
import type { SendNotice } from './send-notice.ts';

/** What sending notices works with. Built once, in `app.ts`. */
export interface NoticeDeps {
  notices: NoticeStore;
  send: SendNotice;
  /** The body that tells the merchant of the order as it is given, signed at `now`. */
  writeBody(order: PaymentOrder, now: Date): string;
  clock: Clock;
  log: Logger;
}

/** Makes the attempt that `token` was taken for, and records what came of it. Throws when the database cannot be reached. */
export async function deliverNotice(deps: NoticeDeps, notice: MerchantNotice, token: string): Promise<void> {
  const { id, eventId, url } = notice;
  const attempt = notice.attempts + 1;
  const startedAt = performance.now();
  const body = deps.writeBody(readSnapshot(notice.snapshot), deps.clock.now());
  const sent = await deps.send({ url, eventId, attempt, body });
  const durationMs = Math.round(performance.now() - startedAt);

  const after = afterSend(sent.outcome === 'delivered', attempt - notice.attemptsBefore, deps.clock.now());
  if (!(await deps.notices.end({ id, attempt, token }, { ...sent, durationMs }, after))) return;
  const { orderNo, event, host } = notice;
  const { outcome, httpStatus } = sent;
  const log = deps.log.child({ orderNo, event, eventId, host, attempt, outcome, httpStatus });
  if (after.state === 'delivered') log.info('merchant told');
  else if (after.state === 'pending') log.warn({ nextAt: after.nextAt }, 'merchant not told yet');
  else log.error('merchant not told: given up');
}

function afterSend(delivered: boolean, sends: number, now: Date): AfterSend {
  if (delivered) return { state: 'delivered', nextAt: null, endedAt: now };
  const waitMs = nextSendInMs(sends);
  if (waitMs === null) return { state: 'given_up', nextAt: null, endedAt: now };
  return { state: 'pending', nextAt: new Date(now.getTime() + waitMs), endedAt: null };
}
