import type { CloseResult, CreateResult, Failure, QueryResult } from '../channel.ts';

/**
 * What Alipay answers, and what we take it for. A code that is not here is `unknown`; so is every 5xx, and every
 * 429 is `rate_limited`, by their status alone.
 */

/** `trade_status` (query page). TRADE_CLOSED is `closed` only if nobody had paid before. */
export const tradeStatuses = {
  WAIT_BUYER_PAY: 'unpaid',
  /** Also after a partial refund. */
  TRADE_SUCCESS: 'paid',
  /** No longer refundable. */
  TRADE_FINISHED: 'paid',
  TRADE_CLOSED: 'closed',
} as const satisfies Record<string, QueryResult['kind']>;

/**
 * Codes that any call may meet (public error code page), without the `isv.`, `isp.` or `aop.` that the older
 * protocol writes in front of them.
 */
export const commonRefusals = {
  'unknow-error': 'unknown',
  'app-call-limited': 'rate_limited',
  'method-call-limited': 'rate_limited',
  'invalid-auth-token': 'misconfigured',
  'auth-token-time-out': 'misconfigured',
  'invalid-app-auth-token': 'misconfigured',
  'invalid-app-auth-token-no-api': 'misconfigured',
  'app-auth-token-time-out': 'misconfigured',
  'no-product-reg-by-partner': 'misconfigured',
  'missing-method': 'misconfigured',
  'missing-signature': 'misconfigured',
  'missing-signature-type': 'misconfigured',
  'missing-signature-key': 'misconfigured',
  'missing-signature-config': 'misconfigured',
  'missing-app-id': 'misconfigured',
  'missing-timestamp': 'misconfigured',
  'missing-version': 'misconfigured',
  'invalid-method': 'misconfigured',
  'invalid-format': 'misconfigured',
  'invalid-signature': 'misconfigured',
  'invalid-signature-type': 'misconfigured',
  'invalid-app-id': 'misconfigured',
  'invalid-timestamp': 'misconfigured',
  'invalid-charset': 'misconfigured',
  'invalid-content-type': 'misconfigured',
  'not-online-app': 'misconfigured',
  'forbidden-api': 'misconfigured',
  'access-forbidden': 'misconfigured',
  'ip-forbidden': 'misconfigured',
  'route-no-permissions': 'misconfigured',
  'insufficient-isv-permissions': 'misconfigured',
  'insufficient-user-permissions': 'misconfigured',
  'ACQ.SYSTEM_ERROR': 'unknown',
  'ACQ.ACCESS_FORBIDDEN': 'misconfigured',
  'ACQ.PARTNER_ERROR': 'misconfigured',
} as const satisfies Record<string, Failure['kind']>;

/** Precreate page. A parameter is most often the merchant's, such as the title; the message says which. */
export const createRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'refused',
  'suspected-attack': 'refused',
  'ACQ.INVALID_PARAMETER': 'refused',
  'ACQ.EXIST_FORBIDDEN_WORD': 'refused',
  'ACQ.TOTAL_FEE_EXCEED': 'refused',
  'ACQ.CONTEXT_INCONSISTENT': 'refused',
  'ACQ.TRADE_HAS_SUCCESS': 'refused',
  'ACQ.TRADE_HAS_CLOSE': 'refused',
  'ACQ.APPLY_PC_MERCHANT_CODE_ERROR': 'refused',
  'ACQ.INVALID_RECEIVE_ACCOUNT': 'misconfigured',
} as const satisfies Record<string, CreateResult['kind']>;

/** Query page. A code that nobody has scanned is no trade yet. */
export const queryRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
} as const satisfies Record<string, 'not_found' | Failure['kind']>;

/** Close page. It closes WAIT_BUYER_PAY only; a closed trade is refused like a paid one. */
export const closeRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
  'ACQ.TRADE_STATUS_ERROR': 'conflict',
  'ACQ.REASON_TRADE_STATUS_INVALID': 'conflict',
  'ACQ.REASON_ILLEGAL_STATUS': 'conflict',
} as const satisfies Record<string, Exclude<CloseResult['kind'], 'accepted'>>;
