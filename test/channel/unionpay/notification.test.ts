import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateCheck } from '../../../src/channel/built-in/unionpay/certificate.ts';
import { readUnionpayNotification } from '../../../src/channel/built-in/unionpay/notification.ts';
import { signatureOf } from '../../../src/channel/built-in/unionpay/signature.ts';
import type { Simulator } from '../../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../../support/simulator.ts';
import { unionpayConfig } from '../support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

const event = {
  version: '5.1.0',
  signMethod: '01',
  txnType: '01',
  orderId: 'AC20260101',
  txnTime: '20260101100000',
  respCode: '00',
  queryId: '202601011005000000001',
  txnAmt: '1234',
  currencyCode: '156',
  traceTime: '0101100500',
  accNo: '6216***********0018',
};
/** As UnionPay sends it: signed, then form-encoded. */
function formOf(
  overrides: Record<string, string | undefined> = {},
  after: Record<string, string> = {},
): string {
  const { merId, certs, platform } = simulator.keys.unionpay;
  const fields = JSON.parse(JSON.stringify({ ...event, merId, signPubKeyCert: certs.valid, ...overrides }));
  const signature = signatureOf(fields, platform.privateKey);
  return new URLSearchParams({ ...fields, signature, ...after }).toString();
}
function read(form: string) {
  const { merId, trust } = unionpayConfig(simulator);
  const raw = { headers: {}, body: Buffer.from(form) };
  return readUnionpayNotification(merId, createCertificateCheck(trust), raw, new Date());
}

describe('a notification', () => {
  test('of a payment is parsed, and stored without certificate and signature', () => {
    const result = read(formOf());
    expect(result).toMatchObject({
      kind: 'payment',
      eventId: event.queryId,
      payment: {
        orderNo: event.orderId,
        channelTradeNo: event.queryId,
        amountFen: 1234,
        paidAt: new Date('2026-01-01T10:05:00+08:00'),
      },
    });
    expect(JSON.parse('body' in result ? result.body : '')).toEqual({
      ...event,
      merId: simulator.keys.unionpay.merId,
    });
  });
  test.each(['31', '04'])('of a transaction of type %s needs no action', (txnType) => {
    expect(read(formOf({ txnType }))).toMatchObject({ kind: 'other', what: `txnType ${txnType} 00` });
  });
  test.each([
    { respCode: '05' },
    { respCode: '66' },
    { origRespCode: '66' },
    { origRespCode: '05' },
    { origRespCode: '34' },
    { txnAmt: undefined },
    { currencyCode: '840' },
    { currencyCode: undefined },
    { txnTime: 'x' },
  ])('with %j is not trusted, and triggers a query', (change) => {
    expect(read(formOf(change))).toMatchObject({ kind: 'doubtful', orderNo: event.orderId });
  });
  test.each([{ respCode: 'A6' }, { origRespCode: '00' }])('with %j is a payment', (change) => {
    expect(read(formOf(change))).toMatchObject({ kind: 'payment' });
  });
  test.each<[string, () => string, string]>([
    ['changed on the way', () => formOf({}, { txnAmt: '1' }), 'bad signature'],
    ['with a field more', () => formOf({}, { more: '1' }), 'bad signature'],
    ['with a field twice', () => `${formOf()}&txnAmt=1`, 'a parameter twice'],
    ['unsigned', () => formOf({}, { signature: '' }), 'without a signature'],
    [
      'a refund of another merchant',
      () => formOf({ merId: '000000000000000', txnType: '04' }),
      'another merchant’s',
    ],
    ['without a number', () => formOf({ queryId: undefined }), 'not a notification'],
    ['about no order', () => formOf({ orderId: undefined }), 'not a notification'],
    [
      'by a merchant’s certificate',
      () => formOf({ signPubKeyCert: simulator.keys.unionpay.certs.merchant }),
      'signed with somebody else’s certificate',
    ],
    ['that is none', () => '', 'without a signature'],
    ['that is JSON', () => '{"a":1}', 'without a signature'],
  ])('%s is rejected', (_, form, reason) => {
    expect(read(form())).toEqual({ kind: 'rejected', reason });
  });
});
