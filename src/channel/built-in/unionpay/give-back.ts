import type { Clock } from '../../../platform/clock/clock.ts';
import { toBeijingDigits } from '../../adapter/beijing-time.ts';
import { notCancellable, shortText } from '../../adapter/reply.ts';
import type { CancelResult, ChannelOrder, ChannelRefund, RefundResult } from '../../channel.ts';
import { voidStates } from './answers/codes.ts';
import { type Asked, readGiveBack, readRefundQuery } from './answers/read-reply.ts';
import { clearingDayEnd } from './clearing-day.ts';
import type { UnionpayClient } from './client.ts';
import type { UnionpayConfig } from './config.ts';

/**
 * Money goes back by a void (消费撤销: in full, on the payment's clearing day) or by a refund (退货). Each is a transaction
 * with its own number, derived from our refund number, and with the time when the refund was recorded: a repeated
 * request is the same transaction, and one that may have been sent can be queried.
 */
export interface GiveBackDeps {
  config: Pick<UnionpayConfig, 'merId' | 'notifyUrl'>;
  call: UnionpayClient;
  clock: Clock;
}

const VOID = '31';
const REFUND = '04';
/**
 * How long after its clearing day a void may still be in flight and not be found: our call's timeout, and the minute
 * in which UnionPay expects queries about a background transaction. No refund before that.
 */
const VOID_SETTLES_MS = 120_000;

/** A void on the payment's clearing day; `not_cancellable` when only a refund is possible. */
export async function cancelByVoid(
  deps: GiveBackDeps,
  order: ChannelOrder,
  refund: ChannelRefund,
): Promise<CancelResult> {
  if (order.paidAt === null || refund.amountFen !== refund.totalFen) return notCancellable;
  const now = deps.clock.now().getTime();
  const dayEnds = clearingDayEnd(order.paidAt).getTime();
  if (now < dayEnds) return voidPayment(deps, order, refund);
  const mayBeOnItsWay = mayHaveBeenVoided(order, refund) && now < dayEnds + VOID_SETTLES_MS;
  return mayBeOnItsWay
    ? { kind: 'again', asked: false, answer: 'not called: a void may be in progress' }
    : notCancellable;
}

/** Voids, then queries the result, also if the number was used before. */
async function voidPayment(
  deps: GiveBackDeps,
  order: ChannelOrder,
  refund: ChannelRefund,
): Promise<CancelResult> {
  const asked = voidOf(deps, refund);
  const voided = await send(deps, VOID, asked, order, refund);
  if (voided.kind !== 'accepted' && voided.kind !== 'repeated')
    return { ...voided, kind: voidStates[voided.kind] };
  const state = await queryOne(deps, asked);
  return { kind: voidStates[state.kind], answer: shortText(`${voided.answer};`, state.answer) };
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

/** Queries the void first, if one may exist; then the refund, if no void returned the money. */
export async function queryGiveBack(
  deps: GiveBackDeps,
  order: ChannelOrder,
  refund: ChannelRefund,
): Promise<RefundResult> {
  if (mayHaveBeenVoided(order, refund)) {
    const voided = await queryOne(deps, voidOf(deps, refund));
    if (voided.kind !== 'not_found' && voided.kind !== 'refused') return voided;
  }
  return queryOne(deps, refundOf(deps, refund));
}

function mayHaveBeenVoided({ paidAt }: ChannelOrder, { notedAt }: ChannelRefund): boolean {
  return paidAt !== null && notedAt.getTime() < clearingDayEnd(paidAt).getTime();
}

const voidOf = (deps: GiveBackDeps, { refundNo, notedAt }: ChannelRefund) =>
  askedOf(deps, `U${refundNo}`, notedAt);
const refundOf = (deps: GiveBackDeps, { refundNo, notedAt }: ChannelRefund) =>
  askedOf(deps, refundNo, notedAt);

function askedOf({ config }: GiveBackDeps, orderId: string, notedAt: Date): Asked {
  return { merId: config.merId, orderId, txnTime: toBeijingDigits(notedAt) };
}

async function send(
  { config, call }: GiveBackDeps,
  txnType: typeof VOID | typeof REFUND,
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
