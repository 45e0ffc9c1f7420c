import type { OwnFault } from '../../../adapter/reply.ts';
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
 * Alipay's codes and their meaning here. A code that is not listed is `unknown`, but counts as an answer. The HTTP
 * status alone decides for every 5xx (`unknown`) and 429 (`rate_limited`).
 */

/** `trade_status` (query page). TRADE_CLOSED means `closed` only if the order had not been paid before. */
export const tradeStatuses = {
  WAIT_BUYER_PAY: 'unpaid',
  /** Also after a partial refund. */
  TRADE_SUCCESS: 'paid',
  /** No longer refundable. */
  TRADE_FINISHED: 'paid',
  TRADE_CLOSED: 'closed',
} as const satisfies Record<string, QueryResult['kind']>;

/**
 * Codes that any call may return (public error code page), without the prefix `isv.`, `isp.` or `aop.` of the older
 * protocol.
 */
export const commonRefusals = {
  'unknow-error': 'own_fault',
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
  'ACQ.SYSTEM_ERROR': 'own_fault',
  /** Spelling on some pages. */
  'AQC.SYSTEM_ERROR': 'own_fault',
  'ACQ.ACCESS_FORBIDDEN': 'misconfigured',
  'ACQ.PARTNER_ERROR': 'misconfigured',
} as const satisfies Record<string, Failure['kind'] | OwnFault>;

/**
 * Precreate and create pages. An invalid parameter is usually the merchant's, such as the title; the message says
 * which.
 */
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
  'ACQ.BUYER_SELLER_EQUAL': 'refused',
  'ACQ.TRADE_BUYER_NOT_MATCH': 'refused',
  'ACQ.BUYER_ENABLE_STATUS_FORBID': 'refused',
  'ACQ.SELLER_BEEN_BLOCKED': 'misconfigured',
  'ACQ.INVALID_RECEIVE_ACCOUNT': 'misconfigured',
} as const satisfies Record<string, CreateResult['kind'] | OwnFault>;

/** Query page. Until a code is scanned there is no trade. */
export const queryRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
} as const satisfies Record<string, 'not_found' | Failure['kind'] | OwnFault>;

/** Close page. Only WAIT_BUYER_PAY can be closed; a closed trade is refused like a paid one. */
export const closeRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
  'ACQ.TRADE_STATUS_ERROR': 'conflict',
  'ACQ.REASON_TRADE_STATUS_INVALID': 'conflict',
  'ACQ.REASON_ILLEGAL_STATUS': 'conflict',
} as const satisfies Record<string, Exclude<CloseResult['kind'], 'accepted'> | OwnFault>;

/**
 * Pay page (条码支付). Refusals concern the customer's code, money or limits; a code that leaves the outcome open is
 * unknown.
 */
export const chargeRefusals = {
  ...createRefusals,
  /** An earlier call with this number was paid; a query returns the result. */
  'ACQ.TRADE_HAS_SUCCESS': 'unknown',
  'ACQ.PAYMENT_AUTH_CODE_INVALID': 'refused',
  'ACQ.PAYMENT_FAIL': 'refused',
  'ACQ.PAYMENT_REQUEST_HAS_RISK': 'refused',
  'ACQ.PULL_MOBILE_CASHIER_FAIL': 'refused',
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': 'refused',
  'ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH': 'refused',
  'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR': 'refused',
  'ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR': 'refused',
  'ACQ.BEYOND_PAY_RESTRICTION': 'refused',
  'ACQ.BEYOND_PER_RECEIPT_RESTRICTION': 'refused',
  'ACQ.ERROR_BALANCE_PAYMENT_DISABLE': 'refused',
  'ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT': 'refused',
  'ACQ.MOBILE_PAYMENT_SWITCH_OFF': 'refused',
  'ACQ.USER_FACE_PAYMENT_SWITCH_OFF': 'refused',
  'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE': 'refused',
} as const satisfies Record<string, ChargeResult['kind'] | OwnFault>;

/** `action` of a cancel. If it is missing, there was no trade and nothing was done. */
export const cancelActions = {
  close: 'closed',
  refund: 'refunded',
} as const satisfies Record<string, CancelResult['kind']>;

/**
 * Codes for an application without permission to cancel, which needs the face-to-face contract (当面付). It may be
 * allowed to refund, also if only this interface is closed to it; if not, the refund reports that.
 */
const noRightToCancel = {
  'ACQ.ACCESS_FORBIDDEN': 'refund_instead',
  'forbidden-api': 'refund_instead',
  'access-forbidden': 'refund_instead',
  'no-product-reg-by-partner': 'refund_instead',
  'route-no-permissions': 'refund_instead',
  'insufficient-isv-permissions': 'refund_instead',
  'insufficient-user-permissions': 'refund_instead',
} as const satisfies Partial<Record<keyof typeof commonRefusals, CancelResult['kind']>>;

/** Cancel page. */
export const cancelRefusals = {
  ...commonRefusals,
  ...noRightToCancel,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
  'ACQ.TRADE_CANCEL_TIME_OUT': 'refund_instead',
  'ACQ.TRADE_HAS_FINISHED': 'refund_instead',
  /** Already refunded, in part or in full. */
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': 'refund_instead',
  'ACQ.CANCEL_NOT_ALLOWED': 'refund_instead',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'not_enough',
  /** Frozen by Alipay. A refund is refused as well; a person must contact Alipay. It concerns this order alone. */
  'ACQ.REASON_TRADE_BEEN_FREEZEN': 'refund_instead',
} as const satisfies Record<string, CancelResult['kind'] | OwnFault>;

/** Refund page. `refused` where only a person can solve it. */
export const refundRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'not_enough',
  'ACQ.TRADE_NOT_EXIST': 'refused',
  'ACQ.TRADE_HAS_FINISHED': 'refused',
  'ACQ.TRADE_HAS_CLOSE': 'refused',
  'ACQ.TRADE_STATUS_ERROR': 'refused',
  'ACQ.TRADE_NOT_ALLOW_REFUND': 'refused',
  'ACQ.REASON_TRADE_BEEN_FREEZEN': 'refused',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': 'refused',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': 'refused',
  /** The amount differs from an earlier request with this number. */
  'ACQ.DISCORDANT_REPEAT_REQUEST': 'refused',
  'ACQ.CUSTOMER_VALIDATE_ERROR': 'refused',
  'ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND': 'refused',
} as const satisfies Record<string, RefundResult['kind'] | OwnFault>;

/** Refund query page. */
export const refundQueryRefusals = {
  ...commonRefusals,
  'invalid-parameter': 'misconfigured',
  'ACQ.INVALID_PARAMETER': 'misconfigured',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
} as const satisfies Record<string, RefundResult['kind'] | OwnFault>;
