import type { Clock } from '../../../platform/clock/clock.ts';
import { toBeijingDigits } from '../../adapter/beijing-time.ts';
import { notCancellable, shortText } from '../../adapter/reply.ts';
import type { CancelResult, ChannelOrder, ChannelRefund, RefundResult } from '../../channel.ts';
import { undoStates } from './answers/codes.ts';
import { type Asked, readGiveBack, readRefundQuery } from './answers/read-reply.ts';
import { clearingDayEnd } from './clearing-day.ts';
import type { UnionpayClient } from './client.ts';
import type { UnionpayConfig } from './config.ts';

/**
 * Money goes back by an undo (消费撤销, in full, on the payment's own clearing day) or by a refund (退货). Each is a
 * transaction with its own number, both derived from the one refund number, and with the time when that was noted:
 * whatever is repeated is the same transaction, and whatever may have been sent can be asked about.
 */
export interface GiveBackDeps {
  config: Pick<UnionpayConfig, 'merId' | 'notifyUrl'>;
  call: UnionpayClient;
  clock: Clock;
}

const UNDO = '31';
const REFUND = '04';
/**
 * How long after the end of its day an undo may still be on its way and not be found: our call's deadline, and the minute
 * over which UnionPay wants to be asked about a transaction in the background. No refund before that.
 */
const UNDO_SETTLES_MS = 120_000;

/** On the payment's own clearing day an undo; `not_cancellable` when only a refund can. */
export async function cancelByUndo(
  deps: GiveBackDeps,
  order: ChannelOrder,
  refund: ChannelRefund,
): Promise<CancelResult> {
  if (order.paidAt === null || refund.amountFen !== refund.totalFen) return notCancellable;
  const now = deps.clock.now().getTime();
  const dayEnds = clearingDayEnd(order.paidAt).getTime();
  if (now < dayEnds) return undo(deps, order, refund);
  const mayBeOnItsWay = mayHaveBeenUndone(order, refund) && now < dayEnds + UNDO_SETTLES_MS;
  return mayBeOnItsWay
    ? { kind: 'again', asked: false, answer: 'not called: a void may be in progress' }
    : notCancellable;
}

/** Undoes, and lets a query say what that did; so also where the number was used before. */
async function undo(deps: GiveBackDeps, order: ChannelOrder, refund: ChannelRefund): Promise<CancelResult> {
  const asked = undoOf(deps, refund);
  const undone = await send(deps, UNDO, asked, order, refund);
  if (undone.kind !== 'accepted' && undone.kind !== 'repeated')
    return { ...undone, kind: undoStates[undone.kind] };
  const state = await queryOne(deps, asked);
  return { kind: undoStates[state.kind], answer: shortText(`${undone.answer};`, state.answer) };
}

export async function refundPayment(
  deps: GiveBackDeps,
  order: ChannelOrder,
  refund: ChannelRefund,
): Promise<RefundResult> {
  const asked = refundOf(deps, refund);
  const refunded = await send(deps, REFUND, asked, order, refund);
  if (refunded.kind === 'accepted') return { kind: 'processing', answer: refunded.answer };
  if (refunded.kind !== 'repeated') return refunded;
  const state = await queryOne(deps, asked);
  const answer = shortText(`${refunded.answer};`, state.answer);
  return { kind: state.kind === 'not_found' ? 'processing' : state.kind, answer };
}

/** The undo first, if there may have been one; the refund if that gave nothing back. */
export async function queryGiveBack(
  deps: GiveBackDeps,
  order: ChannelOrder,
  refund: ChannelRefund,
): Promise<RefundResult> {
  if (mayHaveBeenUndone(order, refund)) {
    const undone = await queryOne(deps, undoOf(deps, refund));
    if (undone.kind !== 'not_found' && undone.kind !== 'refused') return undone;
  }
  return queryOne(deps, refundOf(deps, refund));
}

function mayHaveBeenUndone({ paidAt }: ChannelOrder, { notedAt }: ChannelRefund): boolean {
  return paidAt !== null && notedAt.getTime() < clearingDayEnd(paidAt).getTime();
}

const undoOf = (deps: GiveBackDeps, { refundNo, notedAt }: ChannelRefund) =>
  askedOf(deps, `U${refundNo}`, notedAt);
const refundOf = (deps: GiveBackDeps, { refundNo, notedAt }: ChannelRefund) =>
  askedOf(deps, refundNo, notedAt);

function askedOf({ config }: GiveBackDeps, orderId: string, notedAt: Date): Asked {
  return { merId: config.merId, orderId, txnTime: toBeijingDigits(notedAt) };
}

async function send(
  { config, call }: GiveBackDeps,
  txnType: typeof UNDO | typeof REFUND,
  asked: Asked,
  order: ChannelOrder,
  { amountFen }: ChannelRefund,
) {
  const payment: Record<string, string> =
    order.channelTradeNo === null
      ? { origOrderId: order.orderNo, origTxnTime: toBeijingDigits(order.createdAt) }
      : { origQryId: order.channelTradeNo };
  const reply = await call('backTransReq', {
    txnType,
    txnSubType: '00',
    bizType: '000000',
    channelType: '08',
    ...asked,
    ...payment,
    txnAmt: String(amountFen),
    currencyCode: '156',
    backUrl: config.notifyUrl,
  });
  return readGiveBack(asked, reply);
}

async function queryOne({ call }: GiveBackDeps, asked: Asked): Promise<RefundResult> {
  const reply = await call('queryTrans', { txnType: '00', txnSubType: '00', bizType: '000000', ...asked });
  return readRefundQuery(asked, reply);
}
