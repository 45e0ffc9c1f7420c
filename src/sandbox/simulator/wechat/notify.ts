import type { Distortion } from '../exchange/faults.ts';
import { toRfc3339 } from '../format/beijing-time.ts';
import type { Message } from '../notify/notifier.ts';
import { transaction } from './calls/answers.ts';
import type { WechatOrder } from './orders.ts';
import { encryptResource } from './protocol/aead.ts';
import { signatureHeaders } from './protocol/signing.ts';
import { nowMs, type World } from './world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3600_000;

/** Delays between attempts, about 24 hours in all (WeChat Pay notification page). */
export const WECHAT_RETRY_MS: readonly number[] = [
  15 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  3 * MINUTE_MS,
  10 * MINUTE_MS,
  20 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  60 * MINUTE_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  6 * HOUR_MS,
];

/**
 * TRANSACTION.SUCCESS, the only event of an order: a close is not notified. Any 200 or 204 is an acceptance,
 * whatever its body.
 */
export function paymentMessage(world: World, order: WechatOrder, url: string): Message {
  const id = `EV-${String(world.nextId()).padStart(33, '0')}`;
  const createTime = toRfc3339(nowMs(world));
  const plaintext = JSON.stringify(transaction(order, world.keys.wechat));
  const { publicKeyId, certificate } = world.keys.wechat;
  return {
    id,
    channel: 'wechat_pay',
    orderNo: order.orderNo,
    url,
    retryAfterMs: WECHAT_RETRY_MS,
    accepted: (status) => status === 200 || status === 204,
    compose(fault) {
      const sealed = encryptResource(world, plaintext, 'transaction');
      const resource = fault === 'badAad' ? { ...sealed, associated_data: 'transactions' } : sealed;
      const body = JSON.stringify({
        id,
        create_time: createTime,
        resource_type: 'encrypt-resource',
        event_type: 'TRANSACTION.SUCCESS',
        summary: '支付成功',
        resource: { original_type: 'transaction', ...resource },
      });
      const serial =
        world.settings.wechatNotifySignedBy === 'certificate' ? certificate.serialNo : publicKeyId;
      const sent = fault === 'tamper' ? body.replace('支付成功', '支付成功！') : body;
      return {
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'Mozilla/4.0',
          'Request-ID': world.random.text(32).toUpperCase(),
          ...signatureHeaders(world, body, serial, distortionOf(fault)),
        },
        body: Buffer.from(sent),
      };
    },
  };
}

function distortionOf(fault: Parameters<Message['compose']>[0]): Distortion | null {
  if (fault === 'badSignature') return { kind: 'bad_signature' };
  return fault === 'signtest' ? { kind: 'signtest' } : null;
}
