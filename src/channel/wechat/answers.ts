import type { CloseResult, CreateResult, Failure, QueryResult } from '../channel.ts';

/**
 * What WeChat Pay API v3 answers, and what we take it for. A code that is not here is `unknown`; so is every 5xx,
 * and every 429 is `rate_limited`, by their status alone.
 */

/** `trade_state` (order state page). An order past its `time_expire` is still NOTPAY. */
export const tradeStates = {
  NOTPAY: 'unpaid',
  SUCCESS: 'paid',
  /** Also after a partial refund. */
  REFUND: 'refunded',
  CLOSED: 'closed',
  /** The last three happen to code-pay orders (付款码) only. */
  USERPAYING: 'user_paying',
  REVOKED: 'closed',
  PAYERROR: 'unpaid',
} as const satisfies Record<string, QueryResult['kind']>;

/** Native order page. */
export const createRefusals = {
  /** Most often something of the merchant's, such as the title; the message says what. */
  PARAM_ERROR: 'refused',
  INVALID_REQUEST: 'refused',
  ORDER_CLOSED: 'refused',
  ORDERPAID: 'refused',
  ORDER_PAID: 'refused',
  OUT_TRADE_NO_USED: 'refused',
  RULE_LIMIT: 'refused',
  TRADE_ERROR: 'refused',
  SIGN_ERROR: 'misconfigured',
  NO_AUTH: 'misconfigured',
  ACCOUNT_ERROR: 'misconfigured',
  MCH_NOT_EXISTS: 'misconfigured',
  APPID_MCHID_NOT_MATCH: 'misconfigured',
} as const satisfies Record<string, CreateResult['kind']>;

/** Query page. */
export const queryRefusals = {
  /** With 404 only. */
  ORDER_NOT_EXIST: 'not_found',
  PARAM_ERROR: 'misconfigured',
  INVALID_REQUEST: 'misconfigured',
  SIGN_ERROR: 'misconfigured',
  NO_AUTH: 'misconfigured',
  ACCOUNT_ERROR: 'misconfigured',
  MCH_NOT_EXISTS: 'misconfigured',
  APPID_MCHID_NOT_MATCH: 'misconfigured',
  RULE_LIMIT: 'misconfigured',
  TRADE_ERROR: 'misconfigured',
} as const satisfies Record<string, 'not_found' | Failure['kind']>;

/** Close-order page. USER_PAYING comes with 202, which is an answer like 204 to HTTP, but not to us. */
export const closeRefusals = {
  USER_PAYING: 'user_paying',
  ORDER_CLOSED: 'already_closed',
  /** Seen on the wire; WeChat Pay's questions and answers spell it ORDER_PAID. */
  ORDERPAID: 'conflict',
  ORDER_PAID: 'conflict',
  TRADE_ERROR: 'conflict',
  /** With 404 only. In practice an unknown number is answered 204. */
  ORDER_NOT_EXIST: 'not_found',
  PARAM_ERROR: 'misconfigured',
  INVALID_REQUEST: 'misconfigured',
  SIGN_ERROR: 'misconfigured',
  NO_AUTH: 'misconfigured',
  ACCOUNT_ERROR: 'misconfigured',
  MCH_NOT_EXISTS: 'misconfigured',
  APPID_MCHID_NOT_MATCH: 'misconfigured',
  RULE_LIMIT: 'misconfigured',
} as const satisfies Record<string, Exclude<CloseResult['kind'], 'accepted'>>;

/** What `wechatpay-axios-plugin` says of a 2xx that it could not verify, in its own spelling. */
export const verificationFailures = {
  EV3_RES_HEADERS_INCOMPLATE: 'without a signature',
  EV3_RES_HEADER_TIMESTAMP_OFFSET: 'signed too long ago, or clocks differ',
  EV3_RES_HEADER_PLATFORM_SERIAL: 'signed with an unknown key',
  EV3_RES_HEADER_SIGNATURE_DIGEST: 'bad signature',
} as const satisfies Record<string, string>;
