import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type LateDecision, lateDecisions } from '../../../order/late-payment.ts';
import type { PaymentOrder } from '../../../order/order.ts';
import { inOrderTrace } from '../../../order/order-trace.ts';
import {
  byId,
  type CancelOutcome,
  type CloseOutcome,
  type CloseTrigger,
  type OrderNumbers,
  type SyncOutcome,
} from '../../../order/outcomes.ts';
import type { DecideLateOutcome } from '../../../order/refund/decide-late.ts';
import type { RecloseOutcome } from '../../../order/requests/reclose.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import { viewOrder } from '../../../view/orders/order-row.ts';
import type { ActionResult, OrderAction } from '../api.ts';
import type { Audit } from '../audit.ts';
import { audited } from '../auth/audited.ts';
import { allow, Problem, signedIn, triggerOf } from '../auth/signed-in.ts';
import { orderNoForm, readRequest } from '../read-request.ts';
import type { Unserialized } from '../unserialized.ts';

/** The use cases, the same as the API's. Each throws only if the database is unavailable. */
export interface OrderActions {
  findOrder(orderNo: string): Promise<PaymentOrder | null>;
  closeOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CloseOutcome>;
  cancelOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CancelOutcome>;
  syncOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<SyncOutcome>;
  reclose(orderNo: string, trigger: CloseTrigger): Promise<RecloseOutcome>;
  /** Returns how many notices will be sent again. */
  resendNotices(orderNo: string): Promise<number>;
  decideLatePayment(
    numbers: OrderNumbers,
    decision: LateDecision,
    trigger: CloseTrigger,
  ): Promise<DecideLateOutcome>;
}

/** The result of an action, without the order. */
type Result = Unserialized<Omit<ActionResult, 'action' | 'order'>>;
/** Validates the body, throws `Problem` if it is invalid; the returned function performs the action. */
type Act = (order: PaymentOrder, trigger: CloseTrigger, body: unknown) => () => Promise<Result>;

const lateBody = z.strictObject({ decision: z.enum(lateDecisions) });

/**
 * An operator's actions on one order: POST /orders/:orderNo/<action>. The user is in the close record. The audit trail has
 * two entries: the start, without which nothing is done, and the outcome, both with the address. The worker that re-closes
 * an order records only the user.
 */
export function actionRoutes(app: FastifyInstance, deps: OrderActions & { audit: Audit; log: Logger }): void {
  const actions: Record<OrderAction, Act> = {
    close: (order, trigger) => async () => resultOf(await deps.closeOrder(byId(order), trigger)),
    cancel: (order, trigger) => async () => resultOf(await deps.cancelOrder(byId(order), trigger)),
    sync: (order, trigger) => async () => resultOf(await deps.syncOrder(byId(order), trigger)),
    reclose:
      ({ orderNo }, trigger) =>
      async () =>
        resultOf(await deps.reclose(orderNo, trigger)),
    resend: (order) => async () => {
      const count = await inOrderTrace(order, 'resend notices', () => deps.resendNotices(order.orderNo));
      return { outcome: count === 0 ? 'nothing_to_resend' : 'enqueued', count };
    },
    late: (order, trigger, body) => {
      const { decision } = readRequest(lateBody, body);
      return async () => ({
        decision,
        ...resultOf(await deps.decideLatePayment(byId(order), decision, trigger)),
      });
    },
  };

  for (const action of Object.keys(actions) as OrderAction[]) {
    app.post<{ Params: { orderNo: string } }>(
      `/orders/:orderNo/${action}`,
      { preHandler: allow('operator') },
      (request) => act(request, action),
    );
  }

  async function act(
    request: FastifyRequest<{ Params: { orderNo: string } }>,
    action: OrderAction,
  ): Promise<Unserialized<ActionResult>> {
    const { orderNo } = request.params;
    const before = orderNoForm.test(orderNo) ? await deps.findOrder(orderNo) : null;
    if (before === null) throw new Problem(404, 'not_found');
    const perform = actions[action](before, triggerOf(request), request.body);
    const { name: actor } = signedIn(request);
    const what = { actor, ip: request.ip, action, subject: orderNo, before: stateOf(before) };
    return audited(deps, what, async () => {
      const result = await perform();
      // Answer the result even if the order cannot be read again.
      const after = await deps.findOrder(orderNo).catch(() => null);
      return {
        result: { action, ...result, order: viewOrder(after ?? before) },
        after: after === null ? null : stateOf(after),
        outcome: inWords(result),
      };
    });
  }
}

type Outcome = CloseOutcome | CancelOutcome | SyncOutcome | RecloseOutcome | DecideLateOutcome;

/** The details of an outcome, without the order. */
function resultOf(outcome: Outcome): Result {
  return {
    outcome: outcome.kind,
    ...('reason' in outcome ? { reason: outcome.reason } : {}),
    ...('answer' in outcome ? { answer: outcome.answer } : {}),
    ...('retryAt' in outcome ? { retryAt: outcome.retryAt } : {}),
    ...('channelStatus' in outcome
      ? { channelStatus: outcome.channelStatus, repaired: outcome.repaired }
      : {}),
    ...('refunded' in outcome ? { refunded: outcome.refunded } : {}),
  };
}

/** An order's state, abbreviated. */
function stateOf({ status, ending, stuckAt }: PaymentOrder): string {
  return `${status}/${ending}${stuckAt === null ? '' : ', stuck'}`;
}

function inWords({ outcome, reason, decision, count }: Result): string {
  const words = [decision, outcome, reason, count].filter((word) => word !== undefined);
  return words.join(' ');
}
