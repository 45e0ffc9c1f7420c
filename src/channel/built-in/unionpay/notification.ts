import { z } from 'zod';
import { lookUp, shortText } from '../../adapter/reply.ts';
import type { NotificationResult, RawNotification } from '../../channel.ts';
import { outcomes } from './answers/codes.ts';
import { paymentOf } from './answers/transaction.ts';
import type { CertificateCheck } from './certificate.ts';
import { parseForm } from './fields.ts';
import { distrust } from './signature.ts';

const CONSUME = '01';
/** For a consume by a code, as our orders are created. */
const SUB_TYPE = '07';

const eventSchema = z.object({
  merId: z.string(),
  txnType: z.string(),
  txnSubType: z.string().optional(),
  respCode: z.string(),
  /** A field of query answers. If present here, it must not contradict `respCode`. */
  origRespCode: z.string().optional(),
  orderId: z.string().min(1).max(40),
  /** UnionPay's transaction number: the same in every redelivery. */
  queryId: z.string().min(1).max(64),
});

/**
 * Reads a UnionPay notification: verifies its form's fields, then compares it with this merchant. The form is the
 * body alone: our parameters in the URL count neither here nor in the signature. UnionPay reports only successful
 * transactions: payments, and voids and refunds, whose own queries settle them. A consume that is not exactly the
 * success form (backUrl page) is `doubtful`.
 */
export function readUnionpayNotification(
  merId: string,
  checkCertificate: CertificateCheck,
  raw: RawNotification,
  now: Date,
): NotificationResult {
  const fields = parseForm(raw.body.toString());
  if (fields === null) return rejected('a parameter twice');
  const distrusted = distrust(checkCertificate, fields, now);
  if (distrusted !== null) return rejected(distrusted);

  const parsed = eventSchema.safeParse(fields);
  if (!parsed.success) return rejected('not a notification');
  const { queryId: eventId, orderId: orderNo, txnType, respCode, origRespCode = respCode } = parsed.data;

  const { signature: _signature, signPubKeyCert: _certificate, ...signed } = fields;
  const body = JSON.stringify(signed);
  if (txnType !== CONSUME) {
    if (parsed.data.merId !== merId) return rejected('another merchant’s');
    return { kind: 'other', eventId, what: shortText(`txnType ${txnType}`, respCode), body };
  }
  const payment = paymentOf(fields);
  const isOurs = parsed.data.merId === merId && (parsed.data.txnSubType ?? SUB_TYPE) === SUB_TYPE;
  const isDone = [respCode, origRespCode].every((code) => lookUp(outcomes, code) === 'done');
  if (isOurs && isDone && payment !== null) return { kind: 'payment', eventId, payment, body };
  const what = shortText(
    respCode,
    `orig ${origRespCode}`,
    payment === null ? 'incomplete payment' : '',
    isOurs ? '' : 'another merchant or sub-type',
  );
  return { kind: 'doubtful', eventId, orderNo, what, body };
}

function rejected(reason: string): NotificationResult {
  return { kind: 'rejected', reason };
}
