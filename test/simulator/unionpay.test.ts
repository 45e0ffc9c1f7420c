import { createHash, createPrivateKey, createSign, createVerify, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { NotPayable } from '../../src/sandbox/simulator/snapshot.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { type Merchant, openMerchant } from './harness.ts';

/** Calls the gateway as UnionPay's demonstration code does: with an independent, handwritten client. */

type Fields = Record<string, string>;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let simulator: Simulator;
let merchant: Merchant;
let orderCount = 0;
beforeAll(async () => {
  simulator = await startTestSimulator();
  merchant = await openMerchant();
});
afterEach(() => simulator.control.reset());
afterAll(() => Promise.all([simulator.close(), merchant.close()]));

const control = () => simulator.control;
const newOrderId = () => {
  orderCount += 1;
  return `SIMORDER${orderCount}`;
};
/** `20260101100000` in Beijing. */
const digits = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().replaceAll(/\D/g, '').slice(0, 14);
const inTime = (ms: number) => digits(control().clock.now().getTime() + ms);

function textOf(fields: Fields): string {
  const names = Object.keys(fields).filter((name) => name !== 'signature' && fields[name] !== '');
  return names
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function sign(fields: Fields, key = createPrivateKey(simulator.env.UNIONPAY_PRIVATE_KEY)): Fields {
  return {
    ...fields,
    signature: createSign('sha256')
      .update(sha256(textOf(fields)))
      .sign(key, 'base64'),
  };
}
function isSigned(fields: Fields): boolean {
  const certificate = new X509Certificate(fields.signPubKeyCert ?? '');
  const middle = new X509Certificate(simulator.env.UNIONPAY_MIDDLE_CERT);
  return (
    certificate.verify(middle.publicKey) &&
    createVerify('sha256')
      .update(sha256(textOf(fields)))
      .verify(certificate.publicKey, fields.signature ?? '', 'base64')
  );
}

async function send(call: string, fields: Fields): Promise<{ status: number; text: string }> {
  const response = await fetch(`${simulator.url}/gateway/api/${call}.do`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return { status: response.status, text: await response.text() };
}
async function ask(call: string, fields: Fields, sent = sign({ ...common(), ...fields })): Promise<Fields> {
  const { text } = await send(call, sent);
  return Object.fromEntries(
    text.split('&').map((part) => [part.split('=')[0], part.slice(part.indexOf('=') + 1)]),
  );
}
const common = (): Fields => ({
  version: '5.1.0',
  encoding: 'UTF-8',
  signMethod: '01',
  bizType: '000000',
  accessType: '0',
  merId: simulator.env.UNIONPAY_MER_ID,
  certId: simulator.env.UNIONPAY_CERT_ID,
});

interface Order {
  orderId: string;
  txnTime: string;
}
async function create(overrides: Fields = {}): Promise<Order & { answer: Fields }> {
  const order = { orderId: newOrderId(), txnTime: inTime(0) };
  const answer = await ask('backTransReq', { ...consume(), ...order, ...overrides });
  return { orderId: overrides.orderId ?? order.orderId, txnTime: overrides.txnTime ?? order.txnTime, answer };
}
const consume = (): Fields => ({
  txnType: '01',
  txnSubType: '07',
  channelType: '08',
  txnAmt: '100',
  currencyCode: '156',
  payTimeout: inTime(15 * MINUTE_MS),
  backUrl: merchant.url,
});
const query = ({ orderId, txnTime }: Order) =>
  ask('queryTrans', { txnType: '00', txnSubType: '00', orderId, txnTime });
async function paid(): Promise<Order> {
  const order = await create();
  await control().pay(order.orderId);
  return order;
}
async function giveBack(txnType: '31' | '04', order: Order, overrides: Fields = {}) {
  const origQryId = control().order(order.orderId)?.tradeNo ?? '';
  const own = { orderId: newOrderId(), txnTime: inTime(0) };
  const fields = {
    txnType,
    txnSubType: '00',
    ...own,
    origQryId,
    txnAmt: '100',
    currencyCode: '156',
    ...overrides,
  };
  return { ...own, ...overrides, answer: await ask('backTransReq', fields) } as Order & { answer: Fields };
}
const refundedFen = ({ orderId }: Order) => control().order(orderId)?.refundedFen;

describe('every message is signed', () => {
  test('an answer carries a certificate of the configured issuers, and its signature', async () => {
    const { answer } = await create();
    expect(answer).toMatchObject({ respCode: '00', qrCode: expect.stringMatching(/^https:/) });
    expect(isSigned(answer)).toBe(true);
    expect(isSigned({ ...answer, respCode: '34' })).toBe(false);
    const middle = new X509Certificate(simulator.env.UNIONPAY_MIDDLE_CERT);
    const root = new X509Certificate(simulator.env.UNIONPAY_ROOT_CERT);
    expect(middle.checkIssued(root) && middle.verify(root.publicKey)).toBe(true);
  });
  test('a request that is not the merchant’s has no effect', async () => {
    const fields = { ...common(), ...consume(), orderId: newOrderId(), txnTime: inTime(0) };
    const { stranger } = simulator.keys;
    const wrong: [Fields, string][] = [
      [sign(fields, stranger.privateKey), '11'],
      [{ ...sign(fields), txnAmt: '1' }, '11'],
      [sign({ ...fields, certId: '1' }), '11'],
      [sign({ ...fields, merId: '000000000000000' }), '31'],
      [sign({ ...fields, version: '5.0.0' }), '10'],
    ];
    for (const [sent, code] of wrong) expect((await ask('backTransReq', {}, sent)).respCode).toBe(code);
    expect(control().orders()).toEqual([]);
    expect(
      control()
        .log()
        .every(({ verified }) => verified !== 'ok'),
    ).toBe(true);
  });
  test('an unknown path is 404, an unknown transaction is refused', async () => {
    expect((await send('closeTrans', {})).status).toBe(404);
    expect((await ask('backTransReq', { txnType: '99', txnSubType: '01' })).respCode).toBe('32');
  });
});

describe('an order', () => {
  test('repeated is the same one with another code; with other data it is refused', async () => {
    const order = await create();
    const { orderId, txnTime } = order;
    const again = await create({ orderId, txnTime });
    expect(again.answer.respCode).toBe('00');
    expect(control().orders()).toHaveLength(1);
    expect(control().order(orderId)?.code).toBe(again.answer.qrCode);
    expect((await create({ orderId, txnTime, txnAmt: '1' })).answer.respCode).toBe('36');
    expect((await create({ orderId, txnTime: '20200101000000' })).answer.respCode).toBe('36');
    await control().pay(orderId);
    expect((await create({ orderId, txnTime })).answer.respCode).toBe('12');
  });
  test.each<[string, Fields, string]>([
    ['a short number', { orderId: 'A1' }, '13'],
    ['signs in its number', { orderId: 'ORDER-0001' }, '13'],
    ['no amount', { txnAmt: '0' }, '13'],
    ['dollars', { currencyCode: '840' }, '13'],
    ['no payTimeout', { payTimeout: '' }, '13'],
    ['a payTimeout that has passed', { payTimeout: '20200101000000' }, '39'],
  ])('with %s is refused', async (_, overrides, code) => {
    expect((await create(overrides)).answer.respCode).toBe(code);
    expect(control().orders()).toEqual([]);
  });
  test('is found by number and time alone', async () => {
    const order = await paid();
    expect(await query(order)).toMatchObject({ respCode: '00', origRespCode: '00', txnAmt: '100' });
    expect((await query({ ...order, txnTime: '20200101000000' })).respCode).toBe('34');
    expect((await query({ ...order, orderId: newOrderId() })).respCode).toBe('34');
  });
  test('unpaid is not found before its payTimeout and has failed after, by default', async () => {
    const order = await create();
    expect((await query(order)).respCode).toBe('34');
    control().settings.unionpayUnpaid = '05';
    expect(await query(order)).toMatchObject({ respCode: '00', origRespCode: '05' });
    await control().clock.advance(16 * MINUTE_MS);
    expect(await query(order)).toMatchObject({ respCode: '00', origRespCode: '86' });
    control().settings.unionpayExpired = '39';
    expect(await query(order)).toMatchObject({ respCode: '00', origRespCode: '39' });
  });
  test('is undecided while the customer is paying', async () => {
    const order = await create();
    await control().beginPay(order.orderId);
    expect((await query(order)).origRespCode).toBe('05');
    await control().finishPay(order.orderId, false);
    expect((await query(order)).respCode).toBe('34');
  });
  test('cannot be paid after its payTimeout, unless a bank is late: then the money is returned automatically', async () => {
    const order = await create();
    const late = await create();
    for (const { orderId } of [order, late]) await control().beginPay(orderId);
    await control().clock.advance(16 * MINUTE_MS);
    await expect(control().finishPay(order.orderId)).rejects.toThrow(NotPayable);
    control().settings.unionpayBankLate = true;
    await control().finishPay(late.orderId);
    expect((await query(late)).origRespCode).toBe('00');
    expect(refundedFen(late)).toBe(0);
    await control().clock.advance(5 * DAY_MS);
    expect(refundedFen(late)).toBe(100);
  });
  test('after any history, it is payable exactly when paying it succeeds', async () => {
    const act = fc.oneof(
      fc.constantFrom('beginPay', 'finishPay', 'pay', 'bankLate'),
      fc.constantFrom(MINUTE_MS, 10 * MINUTE_MS, 20 * MINUTE_MS),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
        const { orderId } = await create();
        for (const each of acts) {
          if (typeof each === 'number') await control().clock.advance(each);
          else if (each === 'bankLate') control().settings.unionpayBankLate = true;
          else
            await control()
              [each as 'pay'](orderId)
              .catch(() => {});
        }
        const payable = control().order(orderId)?.payable;
        const paying = await control()
          .pay(orderId)
          .then(
            () => true,
            () => false,
          );
        expect(paying).toBe(payable);
        control().settings.unionpayBankLate = false;
      }),
      { numRuns: 30 },
    );
  });
});

describe('money is returned', () => {
  test('by a void at once and by a refund when it has settled', async () => {
    const voided = await paid();
    const voiding = await giveBack('31', voided);
    expect([voiding.answer.respCode, (await query(voiding)).origRespCode]).toEqual(['00', '00']);
    const refund = await giveBack('04', await paid());
    expect([refund.answer.respCode, (await query(refund)).origRespCode]).toEqual(['00', '05']);
    await control().clock.advance(control().settings.refundSettlesAfterMs);
    expect((await query(refund)).origRespCode).toBe('00');
  });
  test('once per number', async () => {
    const order = await paid();
    const { orderId, txnTime } = await giveBack('31', order);
    expect((await giveBack('31', order, { orderId, txnTime })).answer.respCode).toBe('00');
    expect((await giveBack('31', order, { orderId, txnTime: '20200101000000' })).answer.respCode).toBe('12');
    expect((await giveBack('04', order, { orderId, txnTime })).answer.respCode).toBe('36');
    expect(refundedFen(order)).toBe(100);
  });
  test('by a void only in full, once, and on the payment’s clearing day', async () => {
    const order = await paid();
    expect((await giveBack('31', order, { txnAmt: '99' })).answer.respCode).toBe('36');
    await giveBack('04', order, { txnAmt: '1' });
    expect((await giveBack('31', order)).answer.respCode).toBe('35');
    const old = await paid();
    await control().clock.advance(DAY_MS);
    expect((await giveBack('31', old)).answer.respCode).toBe('35');
    expect((await giveBack('04', old)).answer.respCode).toBe('00');
    expect([refundedFen(order), refundedFen(old)]).toEqual([1, 100]);
  });
  test('never more than was paid, and never of an unpaid order', async () => {
    const order = await paid();
    expect((await giveBack('04', order, { txnAmt: '101' })).answer.respCode).toBe('33');
    await giveBack('31', order);
    expect((await giveBack('04', order, { txnAmt: '1' })).answer.respCode).toBe('33');
    expect((await giveBack('31', await create(), { origQryId: 'none' })).answer.respCode).toBe('35');
  });
  test('a void that fails uses its number up', async () => {
    control().settings.unionpayVoidFails = true;
    const order = await paid();
    const voiding = await giveBack('31', order);
    expect([voiding.answer.respCode, (await query(voiding)).origRespCode]).toEqual(['00', '01']);
    const { orderId, txnTime } = voiding;
    expect((await giveBack('31', order, { orderId, txnTime })).answer.respCode).toBe('12');
    expect(refundedFen(order)).toBe(0);
  });
});

describe('a payment is notified', () => {
  test('signed, until HTTP 200, after 0 1 2 4 8 minutes and then no more', async () => {
    merchant.received.length = 0;
    merchant.answer = { status: 500, body: '' };
    const order = await paid();
    const { notifications, clock } = control();
    await notifications.delivered(order.orderId);
    for (const [at, minutes] of [1, 2, 4, 8].entries()) {
      await clock.advance(minutes * MINUTE_MS);
      await notifications.delivered(order.orderId, { count: at + 2 });
    }
    await clock.advance(DAY_MS);
    await notifications.flush();
    expect(merchant.received).toHaveLength(5);
    const forms = merchant.received.map(({ body }) =>
      Object.fromEntries(new URLSearchParams(body.toString())),
    );
    expect(forms[0]).toEqual(forms[4]);
    expect(forms[0]).toMatchObject({ orderId: order.orderId, respCode: '00', txnAmt: '100' });
    expect(isSigned(forms[0] ?? {})).toBe(true);
    merchant.answer = { status: 200, body: 'anything' };
  });
  test('302 is an acceptance', async () => {
    merchant.answer = { status: 302, body: '' };
    const order = await paid();
    expect((await control().notifications.delivered(order.orderId)).accepted).toBe(true);
    merchant.answer = { status: 200, body: '' };
  });
});
