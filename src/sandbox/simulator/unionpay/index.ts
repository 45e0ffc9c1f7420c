import { privatePem } from '../format/pem.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { understandUnionpay } from './gateway.ts';
import { unionpayKeys, unionpayPairs } from './keys.ts';
import { findSimulated } from './order.ts';
import { unionpaySettings } from './settings.ts';
import { nowMs, type UnionpayParts } from './world.ts';

export const unionpaySimulator: Gateway<UnionpayParts> = {
  name: 'union_pay',
  label: 'UnionPay',
  paths: ['/gateway/api/'],
  pairNames: unionpayPairs,
  keysOf: unionpayKeys,
  settings: unionpaySettings,
  env: ({ unionpay: keys }, url) => ({
    UNIONPAY_BASE_URL: url,
    UNIONPAY_MER_ID: keys.merId,
    UNIONPAY_CERT_ID: keys.certId,
    UNIONPAY_PRIVATE_KEY: privatePem(keys.merchant.privateKey),
    UNIONPAY_ROOT_CERT: keys.rootCert,
    UNIONPAY_MIDDLE_CERT: keys.middleCert,
  }),
  emptyLedger: () => ({ orders: new Map(), giveBacks: new Map() }),
  understand: understandUnionpay,
  find: findSimulated,
  isRefundPending: (world, orderNo) =>
    [...world.unionpay.giveBacks.values()].some(
      (refund) =>
        refund.orderNo === orderNo && !refund.orderId.startsWith('SIM') && refund.settlesAt > nowMs(world),
    ),
  forgery: {
    unknownOrder: '34',
    claim(body, forged) {
      if (body.origRespCode === undefined) return null;
      return forged === 'closed'
        ? { origRespCode: '34' }
        : { origRespCode: '00', queryId: '202703011600000000000', settleAmt: body.txnAmt };
    },
  },
};
