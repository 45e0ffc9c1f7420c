import { aboutChannel } from '../../../../src/channel/built-in/about.ts';
import type { OrderAction, OrderDetail, OrderRow } from '../../../../src/http/admin/api.ts';
import type { LateDecision } from '../../../../src/order/late-payment.ts';
import { wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';
import { yuan } from '../yuan.ts';

/** What somebody can have done with an order: an action, for `late` with what is decided. */
export type Deed =
  | { action: Exclude<OrderAction, 'late'>; decision?: undefined }
  | { action: 'late'; decision: LateDecision };

/** What the server says can be done with an order now. */
export type Possible = Pick<OrderDetail, 'actions' | 'lateDecisions'>;

/** The deeds that the server says can be done with an order now. */
export function deedsOf({ actions, lateDecisions }: Possible): Deed[] {
  return actions.flatMap((action): Deed[] =>
    action === 'late' ? lateDecisions.map((decision) => ({ action, decision })) : [{ action }],
  );
}

export function nameOf(deed: Deed, { actions }: Text): string {
  return deed.action === 'late' ? actions.late.name[deed.decision] : actions[deed.action].name;
}

/** Money may move, or an order end, and nothing brings it back. */
export function isGrave({ action, decision }: Deed): boolean {
  return action === 'close' || action === 'cancel' || decision === 'refund';
}

/** Exactly what a deed will do with this order, sentence by sentence, to be read before it is confirmed. */
export function whatItDoes(deed: Deed, order: OrderRow, { actions, words }: Text): string[] {
  const channel = wordFor(words.channel, order.channel);
  const money = yuan(order.amountFen);
  switch (deed.action) {
    case 'close':
      return [actions.close.will(channel), ...closeCaveats(order, channel, actions)];
    case 'cancel':
      if (order.status === 'progress') return [actions.cancel.unpaid(channel)];
      if (order.status !== 'close') return [actions.cancel.paid(channel, money)];
      // Cancelling what was paid after its close is to decide on the refund.
      return [order.latePaidAt === null ? actions.cancel.watched : actions.late.refund(channel, money)];
    case 'sync':
      return [actions.sync.will(channel)];
    case 'reclose':
      return [actions.reclose.will];
    case 'resend':
      return [actions.resend.will];
    case 'late':
      return [whatDecisionDoes(deed.decision, order, actions, channel, money)];
  }
}

/** Where a channel's close is not what one expects. */
function closeCaveats(
  { channel: name, method }: OrderRow,
  channel: string,
  { close }: Text['actions'],
): string[] {
  const caveat = aboutChannel(name)?.caveats?.[method];
  return caveat === undefined ? [] : [close.caveat[caveat](channel)];
}

function whatDecisionDoes(
  decision: LateDecision,
  { status }: OrderRow,
  { late }: Text['actions'],
  channel: string,
  money: string,
): string {
  switch (decision) {
    case 'refund':
      return late.refund(channel, money);
    case 'reopen':
      return late.reopen(money);
    case 'handled':
      return status === 'success' ? late.handledCancel : late.handled;
  }
}
