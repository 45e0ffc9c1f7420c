import { asObject } from '../format/json-object.ts';
import { privatePem, publicPem } from '../format/pem.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { understandWechat } from './gateway.ts';
import { wechatKeys, wechatPairs } from './keys.ts';
import { findSimulated } from './order.ts';
import { wechatSettings } from './settings.ts';
import { nowMs, type WechatParts } from './world.ts';

export const wechatSimulator: Gateway<WechatParts> = {
  name: 'wechat_pay',
  label: 'WeChat Pay',
  paths: ['/v3/'],
  pairNames: wechatPairs,
  keysOf: wechatKeys,
  settings: wechatSettings,
  env: ({ wechat: keys }, url) => ({
    WECHAT_BASE_URL: `${url}/`,
    WECHAT_APP_ID: keys.appId,
    WECHAT_MCH_ID: keys.mchId,
    WECHAT_SERIAL_NO: keys.serialNo,
    WECHAT_PRIVATE_KEY: privatePem(keys.merchant.privateKey),
    WECHAT_API_V3_KEY: keys.apiV3Key,
    WECHAT_PUBLIC_KEY_ID: keys.publicKeyId,
    WECHAT_PUBLIC_KEY: publicPem(keys.platform.publicKey),
  }),
  emptyLedger: () => ({ orders: new Map(), refunds: new Map() }),
  understand: understandWechat,
  find: findSimulated,
  isRefundPending: (world, orderNo) =>
    [...world.wechat.refunds.values()].some(
      (refund) =>
        refund.orderNo === orderNo && !refund.refundNo.startsWith('SIM') && refund.settlesAt > nowMs(world),
    ),
  forgery: {
    unknownOrder: 'ORDER_NOT_EXIST',
    claim(body, forged) {
      if (body.trade_state === undefined) return null;
      if (forged === 'closed') return { trade_state: 'CLOSED', trade_state_desc: '订单已关闭' };
      const { total, currency = 'CNY' } = asObject(body.amount) ?? {};
      return {
        trade_state: 'SUCCESS',
        trade_state_desc: '支付成功',
        transaction_id: '4200000000202703010000000000',
        // Any moment in the simulated days will do.
        success_time: '2027-03-01T16:00:00+08:00',
        amount: { total, payer_total: total, currency, payer_currency: currency },
      };
    },
  },
};
