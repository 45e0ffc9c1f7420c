import { privatePem, publicPem } from '../format/pem.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { openAlipay } from './open.ts';
import { findSimulated } from './order.ts';
import { understandGateway } from './protocol/gateway-v2.ts';
import { understandRest } from './protocol/rest-v3.ts';
import { alipaySettings } from './settings.ts';
import type { AlipayParts } from './world.ts';

export const alipaySimulator: Gateway<AlipayParts> = {
  name: 'ali_pay',
  label: 'Alipay',
  paths: ['/gateway.do', '/v3/alipay/'],
  pairNames: ['alipayApp', 'alipayPlatform'],
  keysOf: ({ alipayApp: app, alipayPlatform: platform }) => ({
    appId: '2021000000000001',
    sellerId: '2088000000000001',
    app,
    platform,
  }),
  settings: alipaySettings,
  env: ({ alipay: keys }, url) => ({
    ALIPAY_ENDPOINT: url,
    ALIPAY_APP_ID: keys.appId,
    ALIPAY_PRIVATE_KEY: privatePem(keys.app.privateKey),
    ALIPAY_PUBLIC_KEY: publicPem(keys.platform.publicKey),
    ALIPAY_SELLER_ID: keys.sellerId,
  }),
  emptyLedger: () => ({ orders: new Map() }),
  understand: (world, request) =>
    request.path === '/gateway.do' ? understandGateway(world, request) : understandRest(world, request),
  find: findSimulated,
  // Its answers do not always distinguish such refunds.
  isRefundPending: () => false,
  open: openAlipay,
  forgery: {
    unknownOrder: 'ACQ.TRADE_NOT_EXIST',
    claim(body, forged) {
      if (body.trade_status === undefined) return null;
      return forged === 'closed'
        ? { trade_status: 'TRADE_CLOSED' }
        : { trade_status: 'TRADE_SUCCESS', send_pay_date: '2027-03-01 16:00:00' };
    },
  },
};
