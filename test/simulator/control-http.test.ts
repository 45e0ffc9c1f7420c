import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, type Harness, type Merchant, openHarness, openMerchant } from './harness.ts';

let harness: Harness;
let merchant: Merchant;
beforeAll(async () => {
  harness = await openHarness();
  merchant = await openMerchant();
});
afterAll(async () => {
  await harness.close();
  await merchant.close();
});

interface SimReply {
  status: number;
  body: { id?: string; now?: string };
}

async function sim(method: string, path: string, body?: object): Promise<SimReply> {
  const response = await fetch(`${harness.simulator.url}/__sim${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const at = (orderNo: string) => `/orders/${encodeURIComponent(orderNo)}`;

describe('the control API over HTTP', () => {
  test('the configuration is complete for a client', async () => {
    expect((await sim('GET', '/config')).body).toEqual(harness.simulator.env);
  });

  test('customers: scan, begin, fail, pay, refund, and look', async () => {
    const orderNo = await harness.wechatOrder();
    await sim('POST', `${at(orderNo)}/scan`);
    await sim('POST', `${at(orderNo)}/beginPay`);
    await sim('POST', `${at(orderNo)}/finishPay`, { ok: false });
    const { body } = await sim('POST', `${at(orderNo)}/pay`);
    expect(body).toMatchObject({ orderNo, state: 'SUCCESS', payable: false });
    await sim('POST', `${at(orderNo)}/refund`, { amountFen: 1 });
    expect((await sim('GET', at(orderNo))).body).toMatchObject({ state: 'REFUND', refundedFen: 1 });
    expect((await sim('GET', '/orders')).body).toContainEqual(expect.objectContaining({ orderNo }));
  });

  test('an impossible action is refused with the reason', async () => {
    const orderNo = await harness.wechatOrder();
    await harness.wechat.close(orderNo);
    expect(await sim('POST', `${at(orderNo)}/pay`)).toEqual({
      status: 409,
      body: { error: `order ${orderNo} cannot be paid: it is CLOSED` },
    });
    expect((await sim('GET', '/orders/UNKNOWN')).status).toBe(409);
    expect((await sim('POST', `${at(orderNo)}/steal`)).status).toBe(409);
    expect((await sim('GET', '/unheard-of')).status).toBe(404);
  });

  test('a customer opens a signed link', async () => {
    const bizContent = { out_trade_no: harness.newOrderNo(), total_amount: '1.00', subject: 'x' };
    const link = harness.alipay.pageExec('alipay.trade.wap.pay', 'GET', { bizContent });
    const { body } = await sim('POST', '/open', { link });
    expect(body).toMatchObject({ orderNo: bizContent.out_trade_no, state: 'WAIT_BUYER_PAY' });
    expect((await sim('POST', '/open', { link: `${link}0` })).status).toBe(409);
  });

  test('the clock', async () => {
    const before = harness.control.clock.now().getTime();
    await sim('POST', '/clock/advance', { ms: 3600_000 });
    const { body } = await sim('GET', '/clock');
    expect(Date.parse(body.now ?? '')).toBeGreaterThanOrEqual(before + 3600_000);
    expect((await sim('POST', '/clock/advance', { ms: -1 })).status).toBe(409);
  });

  test('faults: added, applied, cleared; a misspelled one is refused', async () => {
    const orderNo = await harness.wechatOrder();
    const fault = { kind: 'rate_limited', match: { operation: 'query', orderNo } };
    expect((await sim('POST', '/faults', fault)).status).toBe(200);
    expect((await failure(harness.wechat.query(orderNo))).response?.status).toBe(429);
    expect((await sim('GET', '/faults')).body).toMatchObject([{ ...fault, applied: 1 }]);
    await sim('DELETE', '/faults');
    expect((await harness.wechat.query(orderNo)).status).toBe(200);
    for (const wrong of [
      { kind: 'unheard_of' },
      { kind: 'status' },
      { kind: 'reset', when: 'sometimes' },
      { kind: 'reset', match: { operation: 'unheard_of' } },
      { kind: 'reset', match: { order: 'typo' } },
    ]) {
      expect((await sim('POST', '/faults', wrong)).status).toBe(409);
    }
  });

  test('hooks and holds', async () => {
    const { wechat } = harness;
    const orderNo = await harness.wechatOrder();
    await sim('POST', '/hooks', { operation: 'close', orderNo, when: 'before', act: 'pay' });
    const { body: hold } = await sim('POST', '/holds', { operation: 'close', orderNo, when: 'after' });
    const closing = failure(wechat.close(orderNo));
    expect((await sim('GET', `/holds/${hold.id}`)).body).toEqual({ arrived: true });
    const seen = sim('GET', `/seen?operation=close&orderNo=${encodeURIComponent(orderNo)}`);
    await sim('DELETE', `/holds/${hold.id}`);
    expect((await closing).response?.data).toMatchObject({ code: 'ORDERPAID' });
    expect((await seen).body).toMatchObject({ status: 400, code: 'ORDERPAID' });
    const log = await sim('GET', `/log?orderNo=${encodeURIComponent(orderNo)}&operation=close`);
    expect(log.body).toHaveLength(1);
  });

  test('settings', async () => {
    await sim('POST', '/settings', { closeWhilePaying: 202 });
    expect(harness.control.settings.closeWhilePaying).toBe(202);
    expect((await sim('POST', '/settings', { closeWhilePayin: 202 })).status).toBe(409);
    await sim('POST', '/settings', { closeWhilePaying: 429 });
  });

  test('notifications', async () => {
    const orderNo = await harness.wechatOrder({ notify_url: merchant.url });
    const number = encodeURIComponent(orderNo);
    await sim('POST', '/notify/drop', { orderNo });
    await sim('POST', '/notify/delay', { orderNo, ms: 60_000 });
    await sim('POST', `${at(orderNo)}/pay`);
    await sim('POST', '/notify/flush');
    await sim('POST', '/notify/flush');
    const { body } = await sim('GET', `/notify/delivered?orderNo=${number}&status=200`);
    expect(body).toMatchObject({ attempt: 2, accepted: true });
    await sim('POST', '/notify/resend', { orderNo });
    expect((await sim('GET', `/notify/deliveries?orderNo=${number}`)).body).toHaveLength(3);
  });

  test('reset clears everything except the time', async () => {
    const orderNo = await harness.wechatOrder();
    const before = harness.control.clock.now().getTime();
    await sim('POST', '/reset');
    expect(harness.control.order(orderNo)).toBeNull();
    expect((await sim('GET', '/orders')).body).toEqual([]);
    expect(harness.control.clock.now().getTime()).toBeGreaterThanOrEqual(before);
  });
});
