import type {
  CancelResult,
  ChargeResult,
  CloseResult,
  CreateResult,
  Failure,
  QueryResult,
  RefundResult,
} from '../../../channel.ts';

/**
 * Codes of WeChat Pay API v3 and their meaning here. A code that is not listed is `unknown`, but counts as an answer.
 * The HTTP status alone decides for every 5xx (`unknown`) and 429 (`rate_limited`).
 */

/** `trade_state` (order state page). An order past its `time_expire` is still NOTPAY. */
export const tradeStates = {
  NOTPAY: 'unpaid',
  SUCCESS: 'paid',
  /** Also after a partial refund. */
  REFUND: 'refunded',
  CLOSED: 'closed',
  /** The last three occur only for code-pay orders (付款码). */
  USERPAYING: 'user_paying',
  REVOKED: 'closed',
  PAYERROR: 'unpaid',
} as const satisfies Record<string, QueryResult['kind']>;

/** Codes that any call may return: our key, merchant number or permissions. */
const misconfigurations = {
  SIGN_ERROR: 'misconfigured',
  NO_AUTH: 'misconfigured',
  ACCOUNT_ERROR: 'misconfigured',
  MCH_NOT_EXISTS: 'misconfigured',
  APPID_MCHID_NOT_MATCH: 'misconfigured',
  /** Spelling of the older protocol. */
  SIGNERROR: 'misconfigured',
  NOAUTH: 'misconfigured',
  MCHID_NOT_EXIST: 'misconfigured',
  APPID_NOT_EXIST: 'misconfigured',
} as const;

/** Native, JSAPI, app and H5 order pages. */
export const createRefusals = {
  ...misconfigurations,
  /** Usually the merchant's parameter, such as the title; the message says which. */
  PARAM_ERROR: 'refused',
  INVALID_REQUEST: 'refused',
  ORDER_CLOSED: 'refused',
  ORDERPAID: 'refused',
  ORDER_PAID: 'refused',
  OUT_TRADE_NO_USED: 'refused',
  OPENID_MISMATCH: 'refused',
  RULE_LIMIT: 'refused',
  TRADE_ERROR: 'refused',
} as const satisfies Record<string, CreateResult['kind']>;

/** Query page. */
export const queryRefusals = {
  ...misconfigurations,
  /** Only with status 404. */
  ORDER_NOT_EXIST: 'not_found',
  PARAM_ERROR: 'misconfigured',
  INVALID_REQUEST: 'misconfigured',
  RULE_LIMIT: 'misconfigured',
  TRADE_ERROR: 'misconfigured',
} as const satisfies Record<string, 'not_found' | Failure['kind']>;

/** Close-order page. USER_PAYING comes with 202: a success for HTTP, like 204, but not here. */
export const closeRefusals = {
  ...misconfigurations,
  USER_PAYING: 'user_paying',
  ORDER_CLOSED: 'already_closed',
  /** Observed in practice; WeChat Pay's FAQ spells it ORDER_PAID. */
  ORDERPAID: 'conflict',
  ORDER_PAID: 'conflict',
  TRADE_ERROR: 'conflict',
  /** Only with status 404. In practice an unknown number is answered with 204. */
  ORDER_NOT_EXIST: 'not_found',
  PARAM_ERROR: 'misconfigured',
  INVALID_REQUEST: 'misconfigured',
  RULE_LIMIT: 'misconfigured',
} as const satisfies Record<string, Exclude<CloseResult['kind'], 'accepted'>>;

/** `trade_state` right after charging a code. One that is not listed is unknown; a query returns the result. */
export const chargeStates = {
  SUCCESS: 'paid',
  USERPAYING: 'user_paying',
  PAYERROR: 'refused',
  REVOKED: 'refused',
  CLOSED: 'refused',
} as const satisfies Record<string, ChargeResult['kind']>;

/** Code-pay page; the older protocol's spellings occur as well. USERPAYING comes with 202 or in a refusal. */
export const chargeRefusals = {
  ...createRefusals,
  USERPAYING: 'user_paying',
  USER_PAYING: 'user_paying',
  /** An earlier call used this number, and may have been paid. */
  ORDERPAID: 'unknown',
  ORDER_PAID: 'unknown',
  OUT_TRADE_NO_USED: 'unknown',
  ORDERCLOSED: 'refused',
  ORDERREVERSED: 'refused',
  ORDER_REVERSED: 'refused',
  AUTHCODEEXPIRE: 'refused',
  AUTH_CODE_EXPIRED: 'refused',
  AUTH_CODE_ERROR: 'refused',
  AUTH_CODE_INVALID: 'refused',
  /** The customer's balance, not the merchant's. */
  NOTENOUGH: 'refused',
  NOT_ENOUGH: 'refused',
  NOTSUPORTCARD: 'refused',
  BUYER_MISMATCH: 'refused',
} as const satisfies Record<string, ChargeResult['kind']>;

/** Reverse page. `accepted`: it was reversed before. */
export const reverseRefusals = {
  ...misconfigurations,
  ORDERREVERSED: 'accepted',
  ORDER_REVERSED: 'accepted',
  USERPAYING: 'user_paying',
  USER_PAYING: 'user_paying',
  /** Seven days after the payment. */
  REVERSE_EXPIRE: 'refund_instead',
  REVERSE_EXPIRED: 'refund_instead',
  NOTENOUGH: 'not_enough',
  NOT_ENOUGH: 'not_enough',
  /** Only with status 404. */
  ORDER_NOT_EXIST: 'not_found',
  PARAM_ERROR: 'misconfigured',
  INVALID_REQUEST: 'misconfigured',
} as const satisfies Record<string, CancelResult['kind'] | 'accepted'>;

/** `status` of a refund (refund page). */
export const refundStates = {
  SUCCESS: 'refunded',
  PROCESSING: 'processing',
  /** The customer's card or account cannot receive it: a person must choose another way. */
  ABNORMAL: 'refused',
  CLOSED: 'refused',
} as const satisfies Record<string, RefundResult['kind']>;

/** Refund page. */
export const refundRefusals = {
  ...misconfigurations,
  NOT_ENOUGH: 'not_enough',
  NOTENOUGH: 'not_enough',
  /** Another amount than before with this number, already refunded, or not refundable: the message says which. */
  INVALID_REQUEST: 'refused',
  TRADE_ERROR: 'refused',
  RULE_LIMIT: 'refused',
  USER_ACCOUNT_ABNORMAL: 'refused',
  ORDER_NOT_EXIST: 'refused',
  RESOURCE_NOT_EXISTS: 'refused',
  PARAM_ERROR: 'misconfigured',
} as const satisfies Record<string, RefundResult['kind']>;

/** Refund query page. */
export const refundQueryRefusals = {
  ...misconfigurations,
  /** Both only with status 404. */
  RESOURCE_NOT_EXISTS: 'not_found',
  REFUND_NOT_EXISTS: 'not_found',
  PARAM_ERROR: 'misconfigured',
  INVALID_REQUEST: 'misconfigured',
} as const satisfies Record<string, RefundResult['kind']>;
