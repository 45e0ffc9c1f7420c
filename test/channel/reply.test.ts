import { describe, expect, test } from 'vitest';
import { readCode, readRefusal } from '../../src/channel/adapter/reply.ts';
import * as alipay from '../../src/channel/built-in/alipay/answers/codes.ts';
import * as unionpay from '../../src/channel/built-in/unionpay/answers/codes.ts';
import * as wechat from '../../src/channel/built-in/wechat/answers/codes.ts';

const down = { kind: 'unknown' };
const answered = { kind: 'unknown', answered: true };
const refusal = (status: number, code: string) => ({ kind: 'refusal', status, code, message: '' }) as const;

describe('a refusal shows that the channel is up', () => {
  test.each([wechat.queryRefusals, wechat.refundRefusals, alipay.closeRefusals, alipay.cancelRefusals])(
    'by a code that no table lists, and not by a server error or an answer without a code',
    (table: Record<string, string>) => {
      expect(readRefusal(table, refusal(403, 'SOMETHING_NEW'))).toEqual(answered);
      for (const code of ['__proto__', 'toString'])
        expect(readRefusal(table, refusal(400, code))).toEqual(answered);
      expect(readRefusal(table, refusal(500, 'SOMETHING_NEW'))).toEqual(down);
      expect(readRefusal(table, refusal(404, ''))).toEqual(down);
      expect(readRefusal(table, refusal(429, ''))).toEqual({ kind: 'rate_limited' });
    },
  );

  test('not by the codes that report an internal fault of the channel', () => {
    for (const code of ['unknow-error', 'ACQ.SYSTEM_ERROR', 'AQC.SYSTEM_ERROR'])
      expect(readRefusal(alipay.refundRefusals, refusal(400, code))).toEqual(down);
    for (const table of [unionpay.createCodes, unionpay.queryCodes, unionpay.giveBackCodes]) {
      for (const code of ['02', '06']) expect(readCode(table, code)).toEqual(down);
      expect(readCode(table, '99')).toEqual(answered);
    }
  });

  test('by a number that was charged before, although the result stays unknown', () => {
    expect(readRefusal(wechat.chargeRefusals, refusal(403, 'OUT_TRADE_NO_USED'))).toEqual(answered);
    expect(readRefusal(alipay.chargeRefusals, refusal(400, 'ACQ.TRADE_HAS_SUCCESS'))).toEqual(answered);
  });
});
