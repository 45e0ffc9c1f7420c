import { fenAndSeconds } from '../request/units.ts';
import { asIs } from '../signing/signing.ts';
import { type Generation, hasAny } from './generation.ts';
import { newerPaths } from './generation-2-0-8.ts';

/** Members that only this generation sends. */
const ownMembers = ['paymentId', 'businessNo', 'payWay', 'payChannels', 'channelParam'];
const closeFlags = ['notNotify', 'notifyUrl', 'attach'];
const newerNumbers = ['orderNo', 'bizTradeNo', 'bizOrderNo'];

/**
 * DaxPay 2.0.5. A failure is in the envelope's `code`, the only one its clients read. `data` is null if the operation
 * returns nothing, because even an empty object makes the client throw; otherwise it contains the signature of its members.
 * A client that sends none of its typical numbers is recognized by the flags that it sends with every close.
 */
export const generation205: Generation = {
  name: '2.0.5',
  units: fenAndSeconds,
  dialect: asIs,
  names: { own: 'paymentId', biz: 'businessNo', payBiz: 'businessNo' },
  extendedClose: false,
  namesApp: false,
  fields: {
    payable: ['paymentId', 'businessNo', 'asyncPay', 'asyncChannel', 'payBody', 'status'],
    order: [
      'paymentId',
      'businessNo',
      'outOrderNo',
      'title',
      'description',
      'asyncPay',
      'asyncChannel',
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
    sync: ['gatewayStatus', 'status', 'repair'],
  },
  recognizes(request) {
    if (newerPaths.includes(request.path)) return false;
    if (request.path === '/unipay/simplePay' || hasAny(request, ownMembers)) return true;
    return request.path === '/unipay/close' && hasAny(request, closeFlags) && !hasAny(request, newerNumbers);
  },
  layOut({ code, message, data }, { traceId, sign }) {
    const signed = data === null ? null : { ...data, sign: sign(data) };
    return { code, msg: message ?? 'success', data: signed, traceId };
  },
};
