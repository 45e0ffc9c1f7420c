import { describe, expect, test } from 'vitest';
import { createResult } from '../../../src/http/daxpay/answer/outcomes.ts';
import { openApiDocument } from '../../../src/http/openapi/document.ts';
import { openApi, order } from '../support.ts';

const pay = { bizOrderNo: 'P0001', title: 'tea', channel: 'wechat_pay', method: 'wap', amount: 100 };

test('a wap payment of WeChat needs clientIp, one of Alipay does not', async () => {
  const api = openApi();
  const { json } = await api.call('/unipay/pay', pay);
  expect(json.data).toMatchObject({ code: 20051, msg: expect.stringContaining('clientIp') });
  expect(api.creates).toEqual([]);
  expect((await api.call('/unipay/pay', { ...pay, clientIp: '10.0.0.1' })).json.data?.code).toBe(0);
  expect((await api.call('/unipay/pay', { ...pay, channel: 'ali_pay' })).json.data?.code).toBe(0);
});

describe('a number with surrounding spaces is rejected', () => {
  test.each(['bizOrderNo', 'bizTradeNo', 'businessNo', 'bizOrderNoeNo', 'orderNo', 'paymentId'])(
    '%s',
    async (name) => {
      const api = openApi();
      for (const number of ['P1 ', ' P1', 'P1\u3000', ' ']) {
        const { data, code } = (await api.call('/unipay/close', { [name]: number })).json;
        expect(data?.code ?? code).toBe(20051);
      }
      expect(api.closes).toEqual([]);
    },
  );

  test('on pay too; spaces inside are kept', async () => {
    const api = openApi();
    const call = (bizOrderNo: string) => api.call('/unipay/pay', { ...pay, channel: 'ali_pay', bizOrderNo });
    expect((await call('P1 ')).json.data?.code).toBe(20051);
    expect((await call('P 1')).json.data?.code).toBe(0);
  });
});

test('an order that is being closed or cancelled is not created again', () => {
  expect(createResult({ kind: 'ending', order })).toMatchObject({ code: 20044, content: null });
});

describe('the document describes', () => {
  const { schemas } = openApiDocument().components;
  const request = (generation: string) => schemas[`pay-request-${generation}`]?.properties ?? {};
  const answer = (name: string) => schemas[name]?.properties?.data?.properties ?? {};

  test('channels that are not enabled, and milliseconds', () => {
    expect(request('2.0.6').channel).toMatchObject({
      enum: ['wechat_pay', 'ali_pay', 'union_pay', 'wallet_pay'],
      title: expect.stringContaining('20021'),
    });
    expect(request('2.0.6').expiredTime?.title).toMatch(/13/);
  });

  test('every status', () => {
    expect(answer('order-answer-2.0.6').status?.enum).toEqual([
      'progress',
      'success',
      'close',
      'cancel',
      'refunding',
      'refunded',
    ]);
    expect(answer('sync-answer-2.0.6').status?.enum).toContain('pay_progress');
  });

  test("2.0.5's payChannels", () => {
    const list = request('2.0.5').payChannels;
    expect(list?.type).toBe('array');
    expect(Object.keys(list?.items?.properties ?? {})).toEqual(['channel', 'way', 'amount', 'channelParam']);
  });
});
