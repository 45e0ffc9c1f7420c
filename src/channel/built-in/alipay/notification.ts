import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { fromBeijing } from '../../adapter/beijing-time.ts';
import { shortText } from '../../adapter/reply.ts';
import type { NotificationResult, RawNotification } from '../../channel.ts';
import type { AlipayConfig } from './config.ts';
import { isSignedBy, readForm, textOf } from './form.ts';
import { yuanToFen } from './yuan.ts';

const eventSchema = z.object({
  notify_id: z.string().min(1).max(128),
  app_id: z.string(),
  seller_id: z.string().optional(),
  out_trade_no: z.string().min(1).max(64).optional(),
  trade_status: z.string().optional(),
  gmt_refund: z.string().optional(),
  refund_fee: z.string().optional(),
});

const paymentSchema = z
  .object({
    out_trade_no: z.string().min(1),
    trade_no: z.string().min(1).max(64),
    total_amount: z.string().transform(yuanToFen).pipe(z.int().positive()),
    gmt_payment: z.string().transform(fromBeijing).pipe(z.date()),
  })
  .transform(({ out_trade_no, trade_no, total_amount, gmt_payment }) => ({
    orderNo: out_trade_no,
    channelTradeNo: trade_no,
    amountFen: total_amount,
    paidAt: gmt_payment,
  }));

/**
 * Reads an Alipay notification: verifies the bytes of its form, decodes them in the charset that it states (UTF-8, or
 * GBK for applications configured so), then compares it with this application. For a scanned code Alipay reports only
 * TRADE_SUCCESS by default; a refund repeats the trade's status. A notification about a trade that is not exactly its
 * payment is `doubtful`.
 */
export function readAlipayNotification(
  { appId, sellerId, publicKey }: Pick<AlipayConfig, 'appId' | 'sellerId'> & { publicKey: KeyObject },
  raw: RawNotification,
): NotificationResult {
  const form = readForm(raw.body);
  if (form === null) return rejected('a parameter twice');
  if (form.get('sign_type')?.toString() !== 'RSA2') return rejected('not signed with RSA2');
  if (!isSignedBy(publicKey, form)) return rejected('bad signature');
  const params = textOf(form);
  if (params === null) return rejected('not in a charset that is known');

  const parsed = eventSchema.safeParse(params);
  if (!parsed.success) return rejected('not a notification');
  const { notify_id: eventId, trade_status: status = 'no trade', ...event } = parsed.data;
  if (event.app_id !== appId) return rejected('another application’s');

  const { sign: _sign, ...signed } = params;
  const body = JSON.stringify(signed);
  const paid = status === 'TRADE_SUCCESS' || status === 'TRADE_FINISHED';
  const refund = event.gmt_refund !== undefined || yuanToFen(event.refund_fee ?? '0') !== 0;
  const payment = paymentSchema.safeParse(params).data;
  const isOurs = sellerId === null || event.seller_id === sellerId;
  if (paid && !refund && isOurs && payment !== undefined) return { kind: 'payment', eventId, payment, body };
  const what = shortText(
    status,
    refund ? 'refund' : '',
    isOurs ? '' : 'another seller’s',
    paid && !payment ? 'incomplete payment' : '',
  );
  return event.out_trade_no === undefined
    ? { kind: 'other', eventId, what, body }
    : { kind: 'doubtful', eventId, orderNo: event.out_trade_no, what, body };
}

function rejected(reason: string): NotificationResult {
  return { kind: 'rejected', reason };
}
