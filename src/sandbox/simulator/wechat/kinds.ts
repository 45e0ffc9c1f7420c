/** How an order is paid. `codepay`: the merchant scans the customer (付款码). */
export type WechatKind = 'native' | 'jsapi' | 'app' | 'h5' | 'codepay';

/** The kinds whose creation returns something for the customer to pay with. */
export type PrepaidKind = Exclude<WechatKind, 'codepay'>;

export const tradeTypes: Record<WechatKind, string> = {
  native: 'NATIVE',
  jsapi: 'JSAPI',
  app: 'APP',
  h5: 'MWEB',
  codepay: 'MICROPAY',
};

const MINUTE_MS = 60_000;
const TWO_HOURS = { lifeMs: 120 * MINUTE_MS, age: 'more than two hours old' };
const FIVE_MINUTES = { lifeMs: 5 * MINUTE_MS, age: 'more than five minutes old' };

/** What is returned, and how long it opens the cashier, whatever the order's deadline (order pages). */
export const handouts: Record<PrepaidKind, { field: string; lifeMs: number; age: string }> = {
  native: { field: 'code_url', ...TWO_HOURS },
  jsapi: { field: 'prepay_id', ...TWO_HOURS },
  app: { field: 'prepay_id', ...TWO_HOURS },
  h5: { field: 'h5_url', ...FIVE_MINUTES },
};
