import { systemClock } from '../../platform/clock.ts';
import { toRfc3339 } from '../beijing-time.ts';
import type { Channel, ChannelOrder } from '../channel.ts';
import { cutText, DEFAULT_CALL_TIMEOUT_MS } from '../reply.ts';
import { createWechatClient } from './client.ts';
import type { WechatConfig } from './config.ts';
import { createWechatNotificationReader, wechatReplies } from './notification.ts';
import { readClose, readCreate, readQuery } from './read-reply.ts';

export type { WechatConfig } from './config.ts';

const MAX_DESCRIPTION_LENGTH = 127;
/** A `time_expire` sooner than this after the creation is moved there (native order page). */
const MIN_LIFE_MS = 60_000;
/** For clocks that differ, and for what is still on its way. */
const MARGIN_MS = 60_000;

/**
 * WeChat Pay API v3 (微信支付): native orders, paid by scanning a code. An order that nobody has scanned is closed
 * like any other, so nothing is left to watch.
 */
export function createWechatChannel(config: WechatConfig): Channel {
  const { appId, mchId, notifyUrl, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS } = config;
  const call = createWechatClient(config, callTimeoutMs);
  const readNotification = createWechatNotificationReader(config);
  const pathOf = (orderNo: string) => `v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNo)}`;

  return {
    name: 'wechat_pay',
    account: mchId,
    methods: ['qrcode'],
    createDeadlineMs: callTimeoutMs,
    softClose: false,
    replies: wechatReplies,

    async create({ orderNo, title, amountFen, expiresAt }) {
      const body = {
        appid: appId,
        mchid: mchId,
        description: cutText(title, MAX_DESCRIPTION_LENGTH),
        out_trade_no: orderNo,
        time_expire: toRfc3339(expiresAt),
        notify_url: notifyUrl,
        amount: { total: amountFen, currency: 'CNY' },
      };
      return readCreate(await call({ method: 'POST', path: 'v3/pay/transactions/native', body }));
    },
    async query(order) {
      const query = { mchid: mchId };
      return readQuery(config, order, await call({ method: 'GET', path: pathOf(order.orderNo), query }));
    },
    async close({ orderNo }) {
      const body = { mchid: mchId };
      return readClose(await call({ method: 'POST', path: `${pathOf(orderNo)}/close`, body }));
    },
    unpayableFrom({ expiresAt, createAttemptedAt }: ChannelOrder) {
      const latestCreation = createAttemptedAt.getTime() + callTimeoutMs;
      return new Date(Math.max(expiresAt.getTime(), latestCreation + MIN_LIFE_MS) + MARGIN_MS);
    },
    parseNotification: (raw) => readNotification(raw, systemClock.now()),
  };
}
