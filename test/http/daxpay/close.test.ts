import { describe, expect, test } from 'vitest';
import type { CloseOutcome } from '../../../src/order/outcomes.ts';
import { dataIsSigned, hmac, md5, NOW_S, openApi, order } from '../support.ts';

/** The documentation's request, byte for byte. */
const DOCUMENTED_REQUEST = `{
    "bizTradeNo": "P0001",
    "clientIp": "127.0.0.1",
    "sign": "458565a54e959fa206dcda9b44eecaf0d5907e8af40f9457d404e533e092a9ed",
    "reqTime": 1715347558
}`;
const DOCUMENTED_SIGN = '3e71c47b15fc9c3da9487acdb1848870712dbbd130fce99eb99ed0c893537ffb';

describe('POST /unipay/close', () => {
  test("answers the documentation's request with the documentation's answer, including its signature", async () => {
    const api = openApi();
    const reply = await api.post('/unipay/close', DOCUMENTED_REQUEST);
    expect(reply.status).toBe(200);
    expect(reply.contentType).toBe('application/json');
    expect(reply.json).toEqual({
      code: 0,
      msg: 'success',
      data: { code: 0, resTime: 1715347771, sign: DOCUMENTED_SIGN },
      traceId: 'JQWKpAeCJGlX',
      sign: DOCUMENTED_SIGN,
      resTime: 1715347771,
    });
    expect(api.closes).toEqual([
      {
        numbers: { orderNo: null, bizOrderNo: 'P0001' },
        trigger: { kind: 'api', actor: null, clientIp: '127.0.0.1' },
      },
    ]);
  });

  test('does the same with MD5 if configured', async () => {
    const api = openApi({ settings: { signType: 'MD5' } });
    const sign = md5(`orderNo=A1&reqTime=${NOW_S}`).toUpperCase();
    const reply = await api.post('/unipay/close', JSON.stringify({ orderNo: 'A1', reqTime: NOW_S, sign }));
    expect(reply.json.data).toEqual({ code: 0, resTime: NOW_S, sign: md5(`code=0&resTime=${NOW_S}`) });
    expect(api.closes).toHaveLength(1);
  });

  test('accepts both numbers, under the names of every 2.x generation', async () => {
    const api = openApi();
    for (const biz of ['bizOrderNo', 'bizTradeNo', 'businessNo', 'bizOrderNoeNo'])
      await api.call('/unipay/close', { [biz]: 'B1', notNotify: false });
    for (const own of ['orderNo', 'paymentId'])
      await api.call('/unipay/close', { [own]: 'A1', bizTradeNo: 'B1' });
    const biz = { orderNo: null, bizOrderNo: 'B1' };
    const both = { orderNo: 'A1', bizOrderNo: 'B1' };
    expect(api.closes.map(({ numbers }) => numbers)).toEqual([biz, biz, biz, biz, both, both]);
  });

  test('keeps a paymentId that is a JSON number digit for digit', async () => {
    const api = openApi();
    const sign = hmac(`paymentId=1753370980523384832&reqTime=${NOW_S}`);
    const body = `{"paymentId":1753370980523384832,"reqTime":${NOW_S},"sign":"${sign}"}`;
    expect((await api.post('/unipay/close', body)).json).toMatchObject({ code: 0, data: null });
    expect(api.closes[0]?.numbers.orderNo).toBe('1753370980523384832');
  });

  test('records the caller’s address if the request has none', async () => {
    const api = openApi();
    await api.call('/unipay/close', { orderNo: 'A1' });
    await api.call('/unipay/close', { orderNo: 'A1', clientIp: '2001:db8::1' });
    expect(api.closes.map(({ trigger }) => trigger.clientIp)).toEqual(['127.0.0.1', '2001:db8::1']);
  });

  const retryAt = new Date();
  const pending = (reason: Extract<CloseOutcome, { kind: 'pending' }>['reason']): CloseOutcome => ({
    kind: 'pending',
    reason,
    answer: 'INNER_DETAIL',
    retryAt,
  });
  test.each<[CloseOutcome, number, RegExp | null]>([
    [{ kind: 'closed', order }, 0, null],
    [{ kind: 'paid', order }, 20044, /^订单不是支付中, 无法进行关闭订单$/],
    [{ kind: 'ended', status: 'success' }, 20044, /^订单不是支付中, 无法进行关闭订单$/],
    [{ kind: 'ended', status: 'close' }, 20042, /已关闭/],
    [{ kind: 'ended', status: 'cancel' }, 20042, /已撤销/],
    [{ kind: 'not_found' }, 20041, /^支付订单不存在$/],
    [{ kind: 'busy', retryAt }, 20043, /^支付订单已在关闭中，请勿重复发起$/],
    [{ kind: 'not_due', dueAt: retryAt }, 30000, /^未知错误$/],
    [pending('user_paying'), 20081, /自动继续/],
    [pending('rate_limited'), 20081, /自动继续/],
    [pending('unreachable'), 20081, /自动继续/],
    [pending('not_confirmed'), 20081, /自动继续/],
    [pending('too_early'), 20081, /自动继续/],
    [pending('misconfigured'), 20080, /配置错误/],
    [pending('channel_down'), 20081, /暂时不可用/],
    [pending('left_to_worker'), 20081, /自动关闭/],
    [pending('mismatch'), 20044, /不符/],
    [pending('refunding'), 20081, /退款/],
    [pending('not_enough'), 20081, /余额不足/],
  ])('answers %j with its code', async (outcome, code, message) => {
    const { json } = await openApi({ closing: async () => outcome }).call('/unipay/close', { orderNo: 'A1' });
    expect(json).toMatchObject({ code: 0, msg: 'success', data: { code, resTime: NOW_S } });
    if (message === null) expect(json.data).not.toHaveProperty('msg');
    else expect(json.data?.msg).toMatch(message);
    expect(dataIsSigned(json)).toBe(true);
    expect(JSON.stringify(json)).not.toContain('INNER_DETAIL');
  });

  test('answers a failure with 30000, signed, without its cause, which is logged', async () => {
    const api = openApi({ closing: () => Promise.reject(new Error('ER_SECRET_TABLE')) });
    const reply = await api.call('/unipay/close', { orderNo: 'A1' });
    expect(reply.status).toBe(200);
    expect(reply.json.data?.code).toBe(30000);
    expect(dataIsSigned(reply.json)).toBe(true);
    expect(reply.text).not.toContain('ER_SECRET_TABLE');
    const error = api.log.find(({ level }) => level === 'error');
    expect(error?.fields).toMatchObject({ traceId: 'JQWKpAeCJGlX', orderNo: 'A1', err: { name: 'Error' } });
  });

  test('answers 20081 after the timeout, while the operation continues', async () => {
    const api = openApi({ closing: () => new Promise(() => {}), answerTimeoutMs: 1 });
    const { json } = await api.call('/unipay/close', { orderNo: 'A1' });
    expect(json.data?.code).toBe(20081);
    expect(dataIsSigned(json)).toBe(true);
  });

  test('writes one log line, without signature or secret', async () => {
    const api = openApi();
    await api.call('/unipay/close', { bizOrderNo: 'B1' });
    expect(api.log).toHaveLength(1);
    expect(api.log[0]).toMatchObject({
      level: 'info',
      message: 'api call',
      fields: { operation: 'close', orderNo: null, bizOrderNo: 'B1', code: 0, traceId: 'JQWKpAeCJGlX' },
    });
    expect(JSON.stringify(api.log)).not.toMatch(/sign|123456/);
  });
});
