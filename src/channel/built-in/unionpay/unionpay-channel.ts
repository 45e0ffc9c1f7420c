import { type Clock, systemClock } from '../../../platform/clock/clock.ts';
import { toBeijingDigits } from '../../adapter/beijing-time.ts';
import { cutText, DEFAULT_CALL_TIMEOUT_MS, unsupported, withStatedTime } from '../../adapter/reply.ts';
import type { Channel, ChannelOrder } from '../../channel.ts';
import { aboutUnionpay } from './about.ts';
import { type Asked, readCreate, readQuery } from './answers/read-reply.ts';
import { createCertificateCheck } from './certificate.ts';
import { createUnionpayClient } from './client.ts';
import type { UnionpayConfig } from './config.ts';
import { cancelByVoid, queryGiveBack, refundPayment } from './give-back.ts';
import { readUnionpayNotification } from './notification.ts';

export type { UnionpayConfig } from './config.ts';

/**
 * A query's "not paid" and "not found" are final this long after `payTimeout`: allows for clock differences and calls
 * in flight.
 */
const MARGIN_MS = 90_000;
/** Late bank payments appear in the next day's settlement; UnionPay's notifications end after minutes. */
const NOTIFIES_FOR_MS = 48 * 3_600_000;
/** Eleven months after the payment. Unsourced: from acquirers' manuals. */
const REFUND_WINDOW_MS = 330 * 86_400_000;
const MAX_DESCRIPTION_LENGTH = 32;

/**
 * UnionPay's ACP gateway (银联全渠道, 云闪付), version 5.1.0. It has no close: an order can be paid until the `payTimeout`
 * that it was created with; only after that and a margin is "not paid" final. It identifies an order by its number
 * and its `txnTime`, the time when we accepted it: queried with another time, it finds none.
 */
export function createUnionpayChannel(config: UnionpayConfig, clock: Clock = systemClock): Channel {
  const { merId, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS } = config;
  const checkCertificate = createCertificateCheck(config.trust);
  const call = createUnionpayClient(config, callTimeoutMs, checkCertificate, clock);
  const deps = { config, call, clock };
  const askedOf = ({ orderNo, createdAt }: ChannelOrder): Asked => ({
    merId,
    orderId: orderNo,
    txnTime: toBeijingDigits(createdAt),
  });
  const unpayableFrom = ({ expiresAt }: ChannelOrder) => new Date(expiresAt.getTime() + MARGIN_MS);

  return {
    name: aboutUnionpay.name,
    account: merId,
    methods: ['qrcode'],
    knowsByCreatedAt: aboutUnionpay.knowsByCreatedAt,
    showsUntouched: () => false,
    closesSoftly: () => false,
    voidsPayments: () => true,
    reversibleFrom: () => null,
    notifiesForMs: NOTIFIES_FOR_MS,
    refundWindowMs: REFUND_WINDOW_MS,
    // A query about a payment does not report its refunds.
    refundedIsInFull: false,
    replies: aboutUnionpay.notifications.replies,

    async create(order) {
      if (order.method !== 'qrcode') return unsupported(order.method);
      const asked = askedOf(order);
      return readCreate(
        asked,
        await call('backTransReq', { ...asked, ...consumeOf(order), backUrl: config.notifyUrl }),
      );
    },
    async query(order) {
      const asked = askedOf(order);
      const reply = await call('queryTrans', {
        txnType: '00',
        txnSubType: '00',
        bizType: '000000',
        ...asked,
      });
      const overFrom = unpayableFrom(order).getTime();
      const statedAt = reply.kind === 'lost' ? undefined : reply.statedAt;
      // By our clock and by UnionPay's: either alone may be wrong.
      const isOver =
        clock.now().getTime() >= overFrom && (statedAt === undefined || statedAt.getTime() >= overFrom);
      return withStatedTime(readQuery(asked, isOver, reply), reply);
    },
    close: async () => ({ kind: 'unsupported', asked: false, answer: 'not called: no close' }),
    cancel: (order, refund) => cancelByVoid(deps, order, refund),
    refund: (order, refund) => refundPayment(deps, order, refund),
    queryRefund: (order, refund) => queryGiveBack(deps, order, refund),
    unpayableFrom,
    parseNotification: (raw) => readUnionpayNotification(merId, checkCertificate, raw, clock.now()),
  };
}

/**
 * An order that the customer scans (申请二维码, 主扫). The types are those that other systems send; `orderDesc`, and that it
 * must not contain punctuation, is unsourced.
 */
function consumeOf({ title, amountFen, expiresAt }: ChannelOrder): Record<string, string> {
  return {
    txnType: '01',
    txnSubType: '07',
    bizType: '000000',
    channelType: '08',
    txnAmt: String(amountFen),
    currencyCode: '156',
    payTimeout: toBeijingDigits(expiresAt),
    orderDesc: cutText(title.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim(), MAX_DESCRIPTION_LENGTH),
  };
}
