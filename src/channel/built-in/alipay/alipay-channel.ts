import { type Clock, systemClock } from '../../../platform/clock/clock.ts';
import { cutText, DEFAULT_CALL_TIMEOUT_MS, notCancellable, withStatedTime } from '../../adapter/reply.ts';
import type { Channel, PayMethod } from '../../channel.ts';
import { aboutAlipay } from './about.ts';
import { readCancel, readRefund, readRefundQuery } from './answers/read-refund.ts';
import { readClose, readQuery } from './answers/read-reply.ts';
import { createAlipayClient } from './client.ts';
import type { AlipayConfig } from './config.ts';
import { createOrder } from './create-order.ts';
import { readAlipayNotification } from './notification.ts';
import { fenToYuan } from './yuan.ts';

export type { AlipayConfig } from './config.ts';

const MAX_REASON_LENGTH = 256;
/** Maximum lifetime of a code, whatever was requested (precreate page). */
const MAX_CODE_LIFE_MS = 2 * 3_600_000;
/** Older orders cannot be cancelled (cancel page). */
const CANCEL_WINDOW_MS = 24 * 3_600_000;
/** The customer's code (付款码) is replaced every minute. */
const AUTH_CODE_LIFE_MS = 60_000;
/** Methods without a trade until the customer scans or opens it. */
const untouchedMethods: ReadonlySet<PayMethod> = new Set(['qrcode', 'wap', 'app']);
/** 8 deliveries: 4 m 10 m 10 m 1 h 2 h 6 h 15 h apart (notification page). */
const NOTIFIES_FOR_MS = (24 * 60 + 24) * 60_000;
/** Minimum wait before a refund is queried. */
const REFUND_ASKED_AFTER_MS = 10_000;
/** Twelve months after the payment (refund page). */
const REFUND_WINDOW_MS = 365 * 86_400_000;
/** Margin for clock differences and calls still in flight. */
const MARGIN_MS = 60_000;

/**
 * Alipay (支付宝), over REST v3, or the older protocol where only that signs its answer. A code, page or app payment has
 * no trade until the customer scans or opens it: until then query, close and cancel do not know the order, although
 * it can be paid.
 */
export function createAlipayChannel(config: AlipayConfig, clock: Clock = systemClock): Channel {
  const { appId, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS } = config;
  const client = createAlipayClient(config, callTimeoutMs);
  const post = (path: string, body: Record<string, string>) => client.post(`/v3/alipay/trade/${path}`, body);

  return {
    name: aboutAlipay.name,
    account: appId,
    methods: ['qrcode', 'jsapi', 'app', 'wap', 'barcode'],
    showsUntouched: ({ method }) => !untouchedMethods.has(method),
    closesSoftly: ({ method }) => untouchedMethods.has(method),
    notifiesForMs: NOTIFIES_FOR_MS,
    refundWindowMs: REFUND_WINDOW_MS,
    // A partly refunded trade stays TRADE_SUCCESS.
    refundedIsInFull: true,
    replies: aboutAlipay.notifications.replies,

    create: (order, payer) => createOrder({ config, client, clock }, order, payer),
    async query(order) {
      const reply = await post('query', { out_trade_no: order.orderNo });
      const query = withStatedTime(readQuery(order, reply), reply);
      // REST v3 does not sign "no such trade", an answer that may end an order.
      if (query.kind !== 'not_found') return query;
      return withStatedTime(readQuery(order, await client.querySigned(order.orderNo, clock.now())), reply);
    },
    async close(order) {
      return readClose(order, await post('close', { out_trade_no: order.orderNo }));
    },
    async cancel(order) {
      const { orderNo, createAttemptedAt } = order;
      if (clock.now().getTime() >= createAttemptedAt.getTime() + CANCEL_WINDOW_MS) return notCancellable;
      return readCancel(order, await post('cancel', { out_trade_no: orderNo }));
    },
    minWaitMs: { refunding: REFUND_ASKED_AFTER_MS },
    voidsPayments: () => false,
    reversibleFrom: () => null,
    async refund(order, { refundNo, amountFen, reason }) {
      const body = {
        out_trade_no: order.orderNo,
        out_request_no: refundNo,
        refund_amount: fenToYuan(amountFen),
        refund_reason: cutText(reason, MAX_REASON_LENGTH),
      };
      return readRefund(order, await post('refund', body));
    },
    async queryRefund({ orderNo }, { refundNo }) {
      const body = { out_trade_no: orderNo, out_request_no: refundNo };
      return readRefundQuery({ orderNo, refundNo }, await post('fastpay/refund/query', body));
    },
    unpayableFrom({ method, expiresAt, createAttemptedAt }) {
      const attemptedAt = createAttemptedAt.getTime();
      // The call itself creates the trade: once it has ended and the customer's code has expired, no trade can appear.
      if (!untouchedMethods.has(method)) {
        return new Date(attemptedAt + callTimeoutMs + AUTH_CODE_LIFE_MS + MARGIN_MS);
      }
      const codeDiesAt = method === 'qrcode' ? attemptedAt + MAX_CODE_LIFE_MS : Infinity;
      return new Date(Math.min(expiresAt.getTime(), codeDiesAt) + MARGIN_MS);
    },
    parseNotification: (raw) => readAlipayNotification(config, raw),
  };
}
