import type { OrderStatus } from '../../../order/order.ts';
import type {
  CancelOutcome,
  CloseOutcome,
  CreateOutcome,
  Pending,
  SyncOutcome,
} from '../../../order/outcomes.ts';
import { assertNever } from '../../../platform/assert-never.ts';
import { failure, invalid, type Result, success } from './codes.ts';

const closeOfEnded = {
  success: failure('trade_status_wrong'),
  close: failure('trade_closed'),
  cancel: failure('trade_closed', '支付订单已撤销'),
  refunding: failure('trade_status_wrong', '支付订单关闭后被支付，正在退款'),
  refunded: failure('trade_closed', '支付订单关闭后被支付，已退款'),
} satisfies Record<Exclude<OrderStatus, 'progress'>, Result>;

const createAfterEnd = {
  /** It has expired and is being closed. */
  progress: failure('trade_status_wrong', '支付订单已超时，正在关闭'),
  success: failure('trade_status_wrong', '支付订单已支付'),
  close: failure('trade_closed'),
  cancel: failure('trade_closed', '支付订单已撤销'),
  refunding: closeOfEnded.refunding,
  refunded: closeOfEnded.refunded,
} satisfies Record<OrderStatus, Result>;

const closePending = {
  user_paying: failure('operation_processing', '顾客正在支付，暂不能关闭，系统将自动继续'),
  rate_limited: failure('operation_processing', '支付通道限制了请求频率，系统将自动继续关闭'),
  unreachable: failure('operation_processing', '暂未得到支付通道的明确结果，系统将自动继续关闭'),
  not_confirmed: failure('operation_processing', '支付通道已受理，关闭结果待确认，系统将自动继续'),
  too_early: failure('operation_processing', '支付通道暂不能关闭该订单，系统将自动继续关闭'),
  misconfigured: failure('operation_failed', '支付通道配置错误，请联系管理员，系统将自动重试关闭'),
  mismatch: failure('trade_status_wrong', '支付通道的支付信息与订单不符，需要人工核对'),
  refunding: failure('operation_processing', '退款已受理，结果待确认，系统将自动继续'),
  not_enough: failure('operation_processing', '商户在支付通道的余额不足以退款，系统将自动重试'),
  faulty_data: failure('trade_status_wrong', '支付订单的数据异常，需要人工核对'),
  channel_down: failure('operation_processing', '支付通道暂时不可用，系统将在其恢复后自动关闭'),
  left_to_worker: failure('operation_processing', '已受理，系统将自动关闭'),
} satisfies Record<Pending['reason'], Result>;

const cancelPending = {
  ...closePending,
  user_paying: failure('operation_processing', '顾客正在支付，暂不能撤销，系统将自动继续'),
  rate_limited: failure('operation_processing', '支付通道限制了请求频率，系统将自动继续撤销'),
  unreachable: failure('operation_processing', '暂未得到支付通道的明确结果，系统将自动继续撤销'),
  not_confirmed: failure('operation_processing', '支付通道已受理，撤销结果待确认，系统将自动继续'),
  too_early: failure('operation_processing', '支付通道暂不能关闭该订单，系统将自动继续撤销'),
  misconfigured: failure('operation_failed', '支付通道配置错误，请联系管理员，系统将自动重试撤销'),
  channel_down: failure('operation_processing', '支付通道暂时不可用，系统将在其恢复后自动撤销'),
  left_to_worker: failure('operation_processing', '已受理，系统将自动撤销'),
} satisfies Record<Pending['reason'], Result>;

const syncFailed = {
  unreachable: failure('operation_processing', '暂未得到支付通道的明确结果，请稍后重试'),
  rate_limited: failure('operation_processing', '支付通道限制了请求频率，请稍后重试'),
  misconfigured: failure('operation_failed', '支付通道配置错误，请联系管理员'),
  mismatch: closePending.mismatch,
  faulty_data: closePending.faulty_data,
  channel_down: failure('operation_failed', '支付通道暂时不可用，请稍后重试'),
} satisfies Record<Extract<SyncOutcome, { kind: 'unreachable' }>['reason'], Result>;

/** The answer to a close (DaxPay 2.0.5 to 3.0). */
export function closeResult(outcome: CloseOutcome): Result {
  switch (outcome.kind) {
    case 'closed':
      return success();
    case 'paid':
      return failure('trade_status_wrong');
    case 'ended':
      return closeOfEnded[outcome.status];
    case 'not_found':
      return failure('trade_not_found');
    case 'busy':
      return failure('trade_processing');
    case 'not_due':
      return failure('unknown_error');
    case 'pending':
      return closePending[outcome.reason];
    default:
      return assertNever(outcome);
  }
}

/** An unpaid order that is already closed or cancelled counts as cancelled. */
const cancelOfEnded = {
  ...closeOfEnded,
  close: success(),
  cancel: success(),
} satisfies Record<Exclude<OrderStatus, 'progress'>, Result>;

/** The answer to a cancel (DaxPay 2.0.8 and 3.0). */
export function cancelResult(outcome: CancelOutcome): Result {
  switch (outcome.kind) {
    case 'cancelled':
      return success();
    case 'contradiction':
      return invalid('给出的编号指向不同的支付订单');
    case 'ended':
      return cancelOfEnded[outcome.status];
    case 'not_found':
      return failure('trade_not_found');
    case 'busy':
      return failure('trade_processing', '支付订单正在处理中，请勿重复发起');
    case 'pending':
      return cancelPending[outcome.reason];
    case 'unsupported':
      return failure('ability_not_supported', '支付时间过久，支付通道已不支持撤销');
    case 'refused':
      return failure('operation_failed', `支付通道拒绝撤销: ${outcome.answer}`);
    default:
      return assertNever(outcome);
  }
}

/** The answer to a sync (DaxPay 2.0.5 to 3.0). */
export function syncResult(outcome: SyncOutcome): Result {
  switch (outcome.kind) {
    case 'synced':
      return success({ kind: 'sync', synced: outcome });
    case 'not_found':
      return failure('trade_not_found');
    case 'busy':
      return failure('trade_processing', '支付订单正在处理中，请稍后重试');
    case 'unreachable':
      return syncFailed[outcome.reason];
    default:
      return assertNever(outcome);
  }
}

/** The answer to a create (DaxPay 2.0.5 to 3.0). */
export function createResult(outcome: CreateOutcome): Result {
  switch (outcome.kind) {
    case 'created':
    case 'existing':
      return success({ kind: 'payable', order: outcome.order });
    case 'ended':
      return createAfterEnd[outcome.order.status];
    case 'ending':
      return failure('trade_status_wrong', '支付订单正在关闭或撤销');
    case 'conflict':
      return invalid(`${outcome.field} 与该商户订单号的已有订单不一致`);
    case 'channel_not_enabled':
      return failure('channel_not_enabled');
    case 'method_not_enabled':
      return failure('method_not_enabled');
    case 'expiry_invalid':
      return invalid(outcome.message);
    case 'refused':
      return failure('operation_failed', outcome.message);
    case 'misconfigured':
      return failure('config_wrong');
    case 'unreachable':
      return failure('operation_processing', '暂未得到支付通道的结果，请用同一商户订单号重试');
    case 'channel_down':
      return failure('operation_failed', '支付通道暂时不可用，请稍后用同一商户订单号重试');
    default:
      return assertNever(outcome);
  }
}
