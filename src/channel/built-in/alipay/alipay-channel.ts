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
/** A code lives no longer, whatever is asked for (precreate page). */
const MAX_CODE_LIFE_MS = 2 * 3_600_000;
/** An older order is not cancelled any more (cancel page). */
const CANCEL_WINDOW_MS = 24 * 3_600_000;
/** A customer's code (付款码) is replaced every minute. */
const AUTH_CODE_LIFE_MS = 60_000;
/** There is no trade before the customer scans or opens it. */
const untouchedMethods: ReadonlySet<PayMethod> = new Set(['qrcode', 'wap', 'app']);
/** 8 sends: 4 m 10 m 10 m 1 h 2 h 6 h 15 h apart (notification page). */
const NOTIFIES_FOR_MS = (24 * 60 + 24) * 60_000;
/** Until a refund may be asked about. */
const REFUND_ASKED_AFTER_MS = 10_000;
/** Twelve months after the payment (refund page). */
const REFUND_WINDOW_MS = 365 * 86_400_000;
/** For clocks that differ, and for what is still on its way. */
const MARGIN_MS = 60_000;

/**
 * Alipay (支付宝), over REST v3, except where only the older protocol signs its answer. Of a code, a page or an app payment there is no trade before the customer has
 * scanned or opened it: until then query, close and cancel know nothing of the order, and yet it can be paid.
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
    // A trade that was refunded in part stays TRADE_SUCCESS.
    refundedIsInFull: true,
    replies: aboutAlipay.notifications.replies,

    create: (order, payer) => createOrder({ config, client, clock }, order, payer),
    async query(order) {
      const reply = await post('query', { out_trade_no: order.orderNo });
      const query = withStatedTime(readQuery(order, reply), reply);
      // REST v3 does not sign "no such trade", and on that word an order may end.
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
    undoesPayments: () => false,
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
      // The call itself makes the trade: once it is over, and the customer's code with it, none will appear.
      if (!untouchedMethods.has(method)) {
        return new Date(attemptedAt + callTimeoutMs + AUTH_CODE_LIFE_MS + MARGIN_MS);
      }
      const codeDiesAt = method === 'qrcode' ? attemptedAt + MAX_CODE_LIFE_MS : Infinity;
      return new Date(Math.min(expiresAt.getTime(), codeDiesAt) + MARGIN_MS);
    },
    parseNotification: (raw) => readAlipayNotification(config, raw),
  };
}
