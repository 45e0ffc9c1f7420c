import { toBeijing } from '../beijing-time.ts';
import type { Channel, ChannelOrder } from '../channel.ts';
import { cutText, DEFAULT_CALL_TIMEOUT_MS } from '../reply.ts';
import { createAlipayClient } from './client.ts';
import type { AlipayConfig } from './config.ts';
import { alipayReplies, readAlipayNotification } from './notification.ts';
import { readClose, readCreate, readQuery } from './read-reply.ts';
import { fenToYuan } from './yuan.ts';

export type { AlipayConfig } from './config.ts';

const MAX_SUBJECT_LENGTH = 256;
/** A title must not contain these (precreate page, `subject`); they become their full-width forms. */
const FORBIDDEN_IN_SUBJECT = /[/=&]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
/** A code lives no longer, whatever is asked for (precreate page). */
const MAX_CODE_LIFE_MS = 2 * 3_600_000;
/** For clocks that differ, and for what is still on its way. */
const MARGIN_MS = 60_000;

/**
 * Alipay (支付宝): face-to-face payment with a code (当面付, precreate), over REST v3. There is no trade before
 * somebody scans: until then query and close know nothing of the order, and yet it can be paid.
 */
export function createAlipayChannel(config: AlipayConfig): Channel {
  const { appId, notifyUrl, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS } = config;
  const client = createAlipayClient(config, callTimeoutMs);

  return {
    name: 'ali_pay',
    account: appId,
    methods: ['qrcode'],
    createDeadlineMs: callTimeoutMs,
    softClose: true,
    replies: alipayReplies,

    async create(order) {
      const body = {
        out_trade_no: order.orderNo,
        total_amount: fenToYuan(order.amountFen),
        subject: subjectOf(order.title),
        product_code: 'FACE_TO_FACE_PAYMENT',
        time_expire: toBeijing(order.expiresAt),
        notify_url: notifyUrl,
      };
      return readCreate(order, await client.post('/v3/alipay/trade/precreate', body));
    },
    async query(order) {
      return readQuery(order, await client.post('/v3/alipay/trade/query', { out_trade_no: order.orderNo }));
    },
    async close(order) {
      return readClose(order, await client.post('/v3/alipay/trade/close', { out_trade_no: order.orderNo }));
    },
    unpayableFrom({ expiresAt, createAttemptedAt }: ChannelOrder) {
      const codeDiesAt = createAttemptedAt.getTime() + MAX_CODE_LIFE_MS;
      return new Date(Math.min(expiresAt.getTime(), codeDiesAt) + MARGIN_MS);
    },
    parseNotification: (raw) => readAlipayNotification(config, client.isSigned, raw),
  };
}

function subjectOf(title: string): string {
  const subject = title.replaceAll(FORBIDDEN_IN_SUBJECT, (character) =>
    String.fromCharCode(character.charCodeAt(0) + FULL_WIDTH_OFFSET),
  );
  return cutText(subject, MAX_SUBJECT_LENGTH);
}
