import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../../adapter/json.ts';
import { shortText } from '../../../adapter/reply.ts';
import type { NotificationResult, RawNotification } from '../../../channel.ts';
import { isOurs, paymentOf, transactionSchema } from '../answers/transaction.ts';
import type { WechatConfig } from '../config.ts';
import { distrust } from '../signature.ts';
import { decryptResource, resourceSchema } from './decrypt.ts';

type Merchant = Pick<WechatConfig, 'mchId' | 'appId' | 'publicKeys' | 'apiV3Key'>;

const API_V3_KEY_BYTES = 32;
const PAID_EVENT = 'TRANSACTION.SUCCESS';

const eventSchema = z.object({
  id: z.string().min(1).max(128),
  event_type: z.string(),
  resource: resourceSchema,
});

/**
 * Reads WeChat Pay's notifications: verifies the raw bytes, decrypts them, then compares them with this merchant.
 * WeChat Pay reports only successful payments, not closes. Anything else about an order is `doubtful`.
 */
export function createWechatNotificationReader(
  merchant: Merchant,
): (raw: RawNotification, now: Date) => NotificationResult {
  const key = createSecretKey(merchant.apiV3Key, 'utf8');
  assert.equal(key.symmetricKeySize, API_V3_KEY_BYTES, 'the APIv3 key has 32 characters');

  return (raw, now) => {
    const distrusted = distrust(merchant.publicKeys, raw, now);
    if (distrusted !== null) return rejected(distrusted);
    const event = eventSchema.safeParse(parseJson(raw.body.toString()));
    if (!event.success) return rejected('not a notification');
    const { id: eventId, event_type: eventType, resource } = event.data;
    const body = decryptResource(key, resource);
    if (body === null) return rejected('cannot be decrypted');
    if (eventType !== PAID_EVENT) return { kind: 'other', eventId, what: shortText(eventType), body };

    const parsed = transactionSchema.safeParse(parseJson(body));
    if (!parsed.success) return rejected('not an order');
    const transaction = parsed.data;
    const { trade_state: state, out_trade_no: orderNo } = transaction;
    const payment = paymentOf(transaction);
    const isWhole = payment !== null && transaction.mchid === merchant.mchId && isOurs(transaction, merchant);
    if (state === 'SUCCESS' && isWhole) return { kind: 'payment', eventId, payment, body };
    const what = shortText(
      eventType,
      state,
      isWhole ? '' : 'incomplete payment, not in CNY, or another merchant’s or application’s',
    );
    return { kind: 'doubtful', eventId, orderNo, what, body };
  };
}

function rejected(reason: string): NotificationResult {
  return { kind: 'rejected', reason };
}
