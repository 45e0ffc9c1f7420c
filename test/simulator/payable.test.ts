import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotPayable } from '../../src/sandbox/simulator/snapshot.ts';
import { curl, failure, openHarness } from './harness.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const acts = fc.array(
  fc.oneof(
    fc.constantFrom(
      'create',
      'scan',
      'beginPay',
      'finishPay',
      'giveUp',
      'close',
      'cancel',
      'codePay',
      'reverse',
    ),
    fc.constantFrom(10_000, MINUTE_MS, 20 * MINUTE_MS, 70 * MINUTE_MS, 3 * HOUR_MS, 170 * HOUR_MS),
  ),
  { maxLength: 12 },
);

const kinds = ['native', 'h5', 'codepay', 'precreate', 'barcode', 'jsapi', 'wap'] as const;
const h5 = { scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } };

describe('payable is exact', () => {
  test('after any history, an order is payable exactly when paying it succeeds', async () => {
    const harness = await openHarness();
    const { control, wechat, alipay } = harness;

    control.settings.codePayAsksPassword = true;
    const data = (orderNo: string) => ({
      out_trade_no: orderNo,
      total_amount: '1.00',
      subject: '测试商品',
      timeout_express: '2h',
    });
    const barcode = { scene: 'bar_code', auth_code: '280000000000000001' };
    /** Creates an order of each kind, or repeats the creation. */
    const makers = {
      native: (orderNo: string) => wechat.create(wechat.native(orderNo)),
      h5: (orderNo: string) => wechat.create(wechat.native(orderNo, h5), 'h5'),
      codepay: (orderNo: string) => wechat.create(wechat.codePay(orderNo), 'codepay'),
      precreate: (orderNo: string) => curl(alipay, 'precreate', data(orderNo)),
      barcode: (orderNo: string) => curl(alipay, 'pay', { ...data(orderNo), ...barcode }),
      jsapi: (orderNo: string) => curl(alipay, 'create', { ...data(orderNo), buyer_id: '2088' }),
      wap: (orderNo: string) =>
        control.open(alipay.pageExec('alipay.trade.wap.pay', 'GET', { bizContent: data(orderNo) })),
    };

    async function atWechat(act: string, orderNo: string): Promise<unknown> {
      if (act === 'close') return wechat.close(orderNo);
      return act === 'reverse' ? wechat.reverse(orderNo) : byCustomer(act, orderNo);
    }

    async function atAlipay(act: string, orderNo: string): Promise<unknown> {
      const body = { out_trade_no: orderNo };
      if (act === 'close' || act === 'cancel') return curl(alipay, act, body);
      return byCustomer(act, orderNo);
    }

    async function byCustomer(act: string, orderNo: string): Promise<void> {
      if (act === 'giveUp') return control.finishPay(orderNo, false);
      if (act === 'scan' || act === 'beginPay' || act === 'finishPay' || act === 'codePay') {
        return control[act](orderNo);
      }
    }

    const seen = { payable: 0, notPayable: 0 };
    await fc.assert(
      fc.asyncProperty(acts, fc.constantFrom(...kinds), async (history, kind) => {
        const isWechat = kind === 'native' || kind === 'h5' || kind === 'codepay';
        const orderNo = harness.newOrderNo();
        await makers[kind](orderNo);
        for (const act of history) {
          if (typeof act === 'number') await control.clock.advance(act);
          // A refusal by the gateway or the customer's phone has no effect.
          else if (act === 'create') await Promise.resolve(makers[kind](orderNo)).catch(() => {});
          else await (isWechat ? atWechat : atAlipay)(act, orderNo).catch(() => {});
        }
        const before = control.order(orderNo);
        if (before?.payable === true) {
          seen.payable += 1;
          await control.pay(orderNo);
          expect(control.order(orderNo)).toMatchObject({ payable: false, paidAt: expect.any(Date) });
        } else {
          seen.notPayable += 1;
          expect(await failure(control.pay(orderNo))).toBeInstanceOf(NotPayable);
          expect(control.order(orderNo)).toEqual(before);
        }
      }),
      { numRuns: 250 },
    );
    await harness.close();
    expect(Math.min(seen.payable, seen.notPayable)).toBeGreaterThan(10);
  });
});

describe('customers', () => {
  test('a WeChat password typed after the deadline still pays, and closing meanwhile is refused', async () => {
    const harness = await openHarness();
    const { control, wechat } = harness;
    const orderNo = await harness.wechatOrder({ time_expire: '2020-01-01T00:00:00+08:00' });
    await control.beginPay(orderNo);
    await control.clock.advance(10 * MINUTE_MS);
    expect((await failure(wechat.close(orderNo))).response?.status).toBe(429);
    expect(control.order(orderNo)?.payable).toBe(true);
    await control.finishPay(orderNo);
    expect(control.order(orderNo)).toMatchObject({ state: 'SUCCESS', payable: false });
    await harness.close();
  });

  test('a failed attempt leaves a WeChat order NOTPAY: payable before its deadline, not after', async () => {
    const harness = await openHarness();
    const { control } = harness;
    const orderNo = await harness.wechatOrder({ time_expire: '2020-01-01T00:00:00+08:00' });
    await control.beginPay(orderNo);
    await control.finishPay(orderNo, false);
    expect(control.order(orderNo)).toMatchObject({ state: 'NOTPAY', payable: true });
    await control.clock.advance(10 * MINUTE_MS);
    expect(control.order(orderNo)).toMatchObject({ state: 'NOTPAY', payable: false });
    await harness.close();
  });

  test('a WeChat code expires after two hours, an open cashier does not', async () => {
    const harness = await openHarness();
    const { control } = harness;
    const [closed, open] = [await harness.wechatOrder(), await harness.wechatOrder()];
    await control.scan(open);
    await control.clock.advance(2 * HOUR_MS + 1000);
    await expect(control.scan(closed)).rejects.toThrow(/more than two hours old/);
    expect(control.order(open)?.payable).toBe(true);
    await harness.close();
  });

  test('closing an Alipay trade ends it even while the customer is typing', async () => {
    const harness = await openHarness();
    const { control, alipay } = harness;
    const orderNo = await harness.alipayOrder();
    await control.beginPay(orderNo);
    await curl(alipay, 'close', { out_trade_no: orderNo });
    await expect(control.finishPay(orderNo)).rejects.toThrow(NotPayable);
    await harness.close();
  });

  test('every action on an unknown order is refused', async () => {
    const harness = await openHarness();
    const { control } = harness;
    const orderNo = await harness.alipayOrder();
    control.forget(orderNo);
    expect(control.order(orderNo)).toBeNull();
    await expect(control.pay(orderNo)).rejects.toThrow(/no gateway has/);
    await harness.close();
  });

  test('an action of one channel is refused at the other', async () => {
    const harness = await openHarness();
    const { control } = harness;
    const [atWechat, atAlipay] = [await harness.wechatOrder(), await harness.alipayOrder()];
    await expect(control.finish(atWechat)).rejects.toThrow('wechat_pay has no finish');
    await expect(control.codePay(atAlipay)).rejects.toThrow('ali_pay has no codePay');
    await expect(control.refund(atWechat)).rejects.toThrow(/nothing to refund/);
    await harness.close();
  });
});
