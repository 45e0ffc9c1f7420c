import type { Gateway } from '../gateway/gateway.ts';
import { understandTea } from './calls.ts';
import { findSimulated } from './order.ts';
import type { TeaParts } from './world.ts';

export const teaSimulator: Gateway<TeaParts> = {
  name: 'tea_pay',
  label: 'Tea Pay',
  paths: ['/tea/'],
  pairNames: [],
  keysOf: () => ({ shopNo: 'TEA1', secret: 'tea and biscuits' }),
  settings: {},
  env: ({ tea }, url) => ({ TEA_BASE_URL: url, TEA_SHOP_NO: tea.shopNo, TEA_SECRET: tea.secret }),
  emptyLedger: () => ({ orders: new Map() }),
  understand: understandTea,
  find: findSimulated,
  isRefundPending: () => false,
  forgery: {
    unknownOrder: 'NONE',
    claim: (body, forged) => (body.state === undefined ? null : { state: forged.toUpperCase() }),
  },
};
