import { aboutChannel } from '../../../../src/channel/built-in/about.ts';
import type { OrderAction, OrderDetail, OrderRow } from '../../../../src/http/admin/api.ts';
import type { LateDecision } from '../../../../src/order/late-payment.ts';
import { wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';
import { yuan } from '../yuan.ts';

/** An action on an order, for `late` with the decision. */
export type ActionRequest =
  | { action: Exclude<OrderAction, 'late'>; decision?: undefined }
  | { action: 'late'; decision: LateDecision };

/** The actions that the server allows for an order now. */
export type PossibleActions = Pick<OrderDetail, 'actions' | 'lateDecisions'>;

/** One request per possible action and, for `late`, per decision. */
export function requestsOf({ actions, lateDecisions }: PossibleActions): ActionRequest[] {
  return actions.flatMap((action): ActionRequest[] =>
    action === 'late' ? lateDecisions.map((decision) => ({ action, decision })) : [{ action }],
  );
}

export function nameOf(request: ActionRequest, { actions }: Text): string {
  return request.action === 'late' ? actions.late.name[request.decision] : actions[request.action].name;
}

/** It may move money or end an order, and cannot be voided. */
export function isDestructive({ action, decision }: ActionRequest): boolean {
  return action === 'close' || action === 'cancel' || decision === 'refund';
}

/** Exactly what an action will do with this order, one sentence each, to be read before confirming. */
export function describeAction(request: ActionRequest, order: OrderRow, { actions, words }: Text): string[] {
  const channel = wordFor(words.channel, order.channel);
  const money = yuan(order.amountFen);
  switch (request.action) {
    case 'close':
      return [actions.close.will(channel), ...closeCaveats(order, channel, actions)];
    case 'cancel':
      if (order.status === 'progress') return [actions.cancel.unpaid(channel)];
      if (order.status !== 'close') return [actions.cancel.paid(channel, money)];
      // Cancelling an order paid after its close means deciding on its refund.
      return [order.latePaidAt === null ? actions.cancel.watched : actions.late.refund(channel, money)];
    case 'sync':
      return [actions.sync.will(channel)];
    case 'reclose':
      return [actions.reclose.will];
    case 'resend':
      return [actions.resend.will];
    case 'late':
      return [describeDecision(request.decision, order, actions, channel, money)];
  }
}

/** What is unusual about the channel's close. */
function closeCaveats(
  { channel: name, method }: OrderRow,
  channel: string,
  { close }: Text['actions'],
): string[] {
  const caveat = aboutChannel(name)?.caveats?.[method];
  return caveat === undefined ? [] : [close.caveat[caveat](channel)];
}

function describeDecision(
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
