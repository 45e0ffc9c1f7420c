import { stringify } from 'lossless-json';
import { toBeijing } from '../../../channel/adapter/beijing-time.ts';
import { yuanAndBeijing } from '../request/units.ts';
import { upperCased } from '../signing/signing.ts';
import type { Generation } from './generation.ts';

/**
 * DaxPay 3.0. The answer is flat and signed as a whole: every member that is not null, `data` as the JSON text that
 * the client gets when it serializes its own class, so the order of the fields matters. `data` is null if the
 * operation returns nothing, because an object makes the client throw.
 *
 * Clients of this generation never request a sync; its answer has the names of the older and of the newer servers.
 */
export const generation30: Generation = {
  name: '3.0',
  units: yuanAndBeijing,
  dialect: upperCased,
  names: { own: 'orderNo', biz: 'bizOrderNo', payBiz: 'bizOrderNo' },
  extendedClose: true,
  namesApp: true,
  fields: {
    payable: ['bizOrderNo', 'orderNo', 'status', 'payBody'],
    order: [
      'bizOrderNo',
      'orderNo',
      'outOrderNo',
      'title',
      'description',
      'channel',
      'method',
      'amount',
      'refundableBalance',
      'status',
      'payTime',
      'closeTime',
      'expiredTime',
      'errorMsg',
    ],
    sync: ['status', 'orderStatus', 'adjust'],
  },
  recognizes: ({ members: { reqTime } }) =>
    typeof reqTime === 'string' && /^\d{4}-\d{1,2}-\d{1,2}/.test(reqTime),
  layOut({ code, message, data }, { now, traceId, sign }) {
    const members = { code, msg: message ?? 'success', data, resTime: toBeijing(now), traceId };
    const signature = sign({ ...members, data: data === null ? null : stringify(data) });
    return { ...members, sign: signature };
  },
};
