import { describe, expect, test } from 'vitest';
import type { CancelOutcome, Pending, SyncOutcome } from '../../../src/order/outcomes.ts';
import { dataIsSigned, openApi, order } from '../support.ts';

const retryAt = new Date();
const pending = (reason: Pending['reason']): CancelOutcome => ({
  kind: 'pending',
  reason,
  answer: 'INNER_DETAIL',
  retryAt,
});
const failed = (reason: Extract<SyncOutcome, { kind: 'unreachable' }>['reason']): SyncOutcome => ({
  kind: 'unreachable',
  reason,
  answer: 'INNER_DETAIL',
});

describe('POST /unipay/cancel', () => {
  test.each<[CancelOutcome, number, RegExp | null]>([
    [{ kind: 'cancelled', order, refunded: true }, 0, null],
    [{ kind: 'ended', status: 'close' }, 0, null],
    [{ kind: 'ended', status: 'cancel' }, 0, null],
    [{ kind: 'ended', status: 'refunding' }, 20044, /正在退款/],
    [{ kind: 'ended', status: 'refunded' }, 20042, /已退款/],
    [{ kind: 'not_found' }, 20041, /^支付订单不存在$/],
    [{ kind: 'busy', retryAt }, 20043, /请勿重复发起/],
    [pending('user_paying'), 20081, /顾客正在支付/],
    [pending('rate_limited'), 20081, /自动继续/],
    [pending('unreachable'), 20081, /自动继续/],
    [pending('not_confirmed'), 20081, /待确认/],
    [pending('too_early'), 20081, /自动继续/],
    [pending('refunding'), 20081, /退款/],
    [pending('not_enough'), 20081, /余额不足/],
    [pending('misconfigured'), 20080, /配置错误/],
    [pending('channel_down'), 20081, /暂时不可用/],
    [pending('mismatch'), 20044, /不符/],
    [{ kind: 'unsupported' }, 20030, /不支持撤销/],
    [{ kind: 'refused', answer: 'ACQ.TRADE_HAS_FINISHED' }, 20080, /ACQ\.TRADE_HAS_FINISHED/],
  ])('answers %j with its code', async (outcome, code, message) => {
    const api = openApi({ cancelling: async () => outcome });
    const { json, text } = await api.call('/unipay/cancel', { orderNo: 'A1' });
    expect(json).toMatchObject({ code: 0, msg: 'success', data: { code } });
    if (message === null) expect(json.data).not.toHaveProperty('msg');
    else expect(json.data?.msg).toMatch(message);
    expect(dataIsSigned(json)).toBe(true);
    expect(text).not.toContain('INNER_DETAIL');
  });
});

describe('POST /unipay/sync/pay', () => {
  test.each<[SyncOutcome, number, RegExp | null]>([
    [{ kind: 'not_found' }, 20041, /^支付订单不存在$/],
    [{ kind: 'busy', retryAt }, 20043, /稍后重试/],
    [failed('unreachable'), 20081, /稍后重试/],
    [failed('rate_limited'), 20081, /稍后重试/],
    [failed('misconfigured'), 20080, /配置错误/],
    [failed('channel_down'), 20080, /暂时不可用/],
    [failed('mismatch'), 20044, /不符/],
  ])('answers %j with its code', async (outcome, code, message) => {
    const { json, text } = await openApi({ syncing: async () => outcome }).call('/unipay/sync/pay', {
      orderNo: 'A1',
    });
    expect(json.data).toMatchObject({ code, msg: expect.stringMatching(message ?? /./) });
    expect(json.data).not.toHaveProperty('status');
    expect(dataIsSigned(json)).toBe(true);
    expect(text).not.toContain('INNER_DETAIL');
  });

  test('returns the channel’s status, and in 3.0 also the order’s', async () => {
    const closed = { ...order, status: 'close' as const };
    const api = openApi({
      settings: { signRequired: false },
      syncing: async () => ({ kind: 'synced', channelStatus: 'pay_closed', order: closed, repaired: true }),
    });
    expect((await api.call('/unipay/syncPay', { orderNo: 'A1' })).json.data?.status).toBe('pay_closed');
    const body = { orderNo: 'A1', reqTime: '2024-05-10 21:29:31' };
    expect((await api.post('/unipay/sync/order/pay', JSON.stringify(body))).json.data).toEqual({
      status: 'pay_closed',
      orderStatus: 'close',
      adjust: true,
    });
  });
});
