import { type Clock, systemClock } from '../../../platform/clock/clock.ts';
import { cutText, DEFAULT_CALL_TIMEOUT_MS, notCancellable, withStatedTime } from '../../adapter/reply.ts';
import type { Channel, ChannelOrder } from '../../channel.ts';
import { aboutWechat } from './about.ts';
import { readRefund, readRefundQuery } from './answers/read-refund.ts';
import { readClose, readQuery } from './answers/read-reply.ts';
import { createWechatClient } from './client.ts';
import type { WechatConfig } from './config.ts';
import { createOrder } from './create-order.ts';
import { createWechatNotificationReader } from './notify/notification.ts';
import { cancelByReverse, closeByReverse, reversibleFrom } from './reverse.ts';

export type { WechatConfig } from './config.ts';

/** 15 deliveries in 24 h 4 min (notification page). */
const NOTIFIES_FOR_MS = (24 * 60 + 4) * 60_000;
/** 365 days after the payment (refund page). */
const REFUND_WINDOW_MS = 365 * 86_400_000;
/** While the customer types the password, calling again sooner is not allowed. */
const CLOSE_AGAIN_AFTER_MS = 5_000;
const MAX_REASON_LENGTH = 80;
/** WeChat Pay moves an earlier `time_expire` to this long after the creation (order pages). */
const MIN_LIFE_MS = 60_000;
/** Maximum lifetime of the code on a customer's phone (code-pay page). */
const AUTH_CODE_LIFE_MS = 60_000;
/** Margin for clock differences and calls still in flight. */
const MARGIN_MS = 60_000;

/**
 * WeChat Pay API v3 (微信支付). Orders can be closed before the customer acts, so none needs a watch. A `barcode` order
 * (付款码支付) is different: it is charged at once and cannot be closed, only reversed; that refunds it if it was paid.
 */
export function createWechatChannel(config: WechatConfig, clock: Clock = systemClock): Channel {
  const { mchId, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS } = config;
  const call = createWechatClient(config, callTimeoutMs);
  const deps = { config, call, clock };
  const readNotification = createWechatNotificationReader(config);
  const pathOf = (orderNo: string) => `v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNo)}`;

  async function query(order: ChannelOrder) {
    const path = pathOf(order.orderNo);
    const reply = await call({ method: 'GET', path, query: { mchid: mchId } });
    return withStatedTime(readQuery(config, order, reply), reply);
  }

  return {
    name: aboutWechat.name,
    account: `${mchId}/${config.appId}`,
    methods: ['qrcode', 'jsapi', 'app', 'wap', 'barcode'],
    showsUntouched: () => true,
    closesSoftly: () => false,
    notifiesForMs: NOTIFIES_FOR_MS,
    refundWindowMs: REFUND_WINDOW_MS,
    // REFUND is also the state of a partly refunded order.
    refundedIsInFull: false,
    replies: aboutWechat.notifications.replies,

    create: (order, payer) => createOrder(deps, order, payer),
    query,
    async close(order) {
      if (isCodePay(order)) return closeByReverse(deps, order);
      const body = { mchid: mchId };
      return readClose(await call({ method: 'POST', path: `${pathOf(order.orderNo)}/close`, body }));
    },
    cancel: async (order) => (isCodePay(order) ? cancelByReverse(deps, order, query) : notCancellable),
    minWaitMs: { user_paying: CLOSE_AGAIN_AFTER_MS },
    voidsPayments: isCodePay,
    reversibleFrom: (order) => (isCodePay(order) ? reversibleFrom(order) : null),
    async refund({ orderNo }, { refundNo, amountFen, totalFen, reason }) {
      const body = {
        out_trade_no: orderNo,
        out_refund_no: refundNo,
        reason: cutText(reason, MAX_REASON_LENGTH),
        amount: { refund: amountFen, total: totalFen, currency: 'CNY' },
      };
      const reply = await call({ method: 'POST', path: 'v3/refund/domestic/refunds', body });
      return readRefund({ orderNo, refundNo, amountFen }, reply);
    },
    async queryRefund({ orderNo }, { refundNo }) {
      const path = `v3/refund/domestic/refunds/${encodeURIComponent(refundNo)}`;
      return readRefundQuery({ orderNo, refundNo }, await call({ method: 'GET', path }));
    },
    unpayableFrom(order) {
      const latestCreation = order.createAttemptedAt.getTime() + callTimeoutMs;
      const payableFor = isCodePay(order)
        ? latestCreation + AUTH_CODE_LIFE_MS
        : Math.max(order.expiresAt.getTime(), latestCreation + MIN_LIFE_MS);
      return new Date(payableFor + MARGIN_MS);
    },
    parseNotification: (raw) => readNotification(raw, clock.now()),
  };
}

function isCodePay({ method }: ChannelOrder): boolean {
  return method === 'barcode';
}
