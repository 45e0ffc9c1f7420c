import { fenAndSeconds } from '../request/units.ts';
import { asIs } from '../signing/signing.ts';
import type { Generation } from './generation.ts';

/**
 * DaxPay 2.0.6. The outer code only says that the call was understood; the business result is in `data`, whose own
 * members are signed. `data` may contain only members that the client's class knows, or it cannot verify the
 * signature. `sign` and `resTime` are repeated outside for clients that follow the documentation's flat example.
 */
export const generation206: Generation = {
  name: '2.0.6',
  units: fenAndSeconds,
  dialect: asIs,
  names: { own: 'orderNo', biz: 'bizTradeNo', payBiz: 'bizOrderNo' },
  extendedClose: false,
  namesApp: false,
  fields: {
    payable: ['bizOrderNo', 'orderNo', 'status', 'payBody'],
    order: [
      'orderNo',
      'bizOrderNo',
      'outOrderNo',
      'title',
      'description',
      'channel',
      'method',
      'amount',
      'refundableBalance',
      'status',
      'payTime',
      'expiredTime',
      'closeTime',
      'errorMsg',
    ],
    sync: ['status'],
  },
  recognizes: () => true,
  layOut({ code, message, data: content }, { now, traceId, sign }) {
    const resTime = Math.floor(now.getTime() / 1000);
    const members = { code, ...(message === null ? {} : { msg: message }), ...content, resTime };
    const signature = sign(members);
    const data = { ...members, sign: signature };
    return { code: 0, msg: 'success', data, traceId, sign: signature, resTime };
  },
};
