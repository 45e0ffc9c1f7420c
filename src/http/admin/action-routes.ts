import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DecideLateOutcome } from '../../order/decide-late.ts';
import { type LateDecision, lateDecisions } from '../../order/late-payment.ts';
import type { PaymentOrder } from '../../order/order.ts';
import {
  byId,
  type CancelOutcome,
  type CloseOutcome,
  type CloseTrigger,
  type OrderNumbers,
  type SyncOutcome,
} from '../../order/outcomes.ts';
import type { RecloseOutcome } from '../../order/reclose.ts';
import { inTraceOf } from '../../order/trace-of.ts';
import { viewOrder } from '../../view/order-row.ts';
import type { ActionResult, OrderAction } from './api.ts';
import type { Audit } from './audit.ts';
import { orderNoForm, readRequest } from './read-request.ts';
import { allow, Problem, signedIn, triggerOf } from './signed-in.ts';
import type { Unsent } from './unsent.ts';

/** The use cases, the same as the API's. Each throws only when the database cannot be reached. */
export interface OrderActions {
  findOrder(orderNo: string): Promise<PaymentOrder | null>;
  closeOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CloseOutcome>;
  cancelOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CancelOutcome>;
  syncOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<SyncOutcome>;
  reclose(orderNo: string, trigger: CloseTrigger): Promise<RecloseOutcome>;
  /** How many notices are sent again. */
  resendNotices(orderNo: string): Promise<number>;
  decideLatePayment(
    numbers: OrderNumbers,
    decision: LateDecision,
    trigger: CloseTrigger,
  ): Promise<DecideLateOutcome>;
}

/** What came of an action, without the order. */
type Result = Unsent<Omit<ActionResult, 'action' | 'order'>>;
type Act = (order: PaymentOrder, trigger: CloseTrigger, body: unknown) => Promise<Result>;

const lateBody = z.strictObject({ decision: z.enum(lateDecisions) });

/**
 * What an operator does with one order: POST /orders/:orderNo/<action>. Who does it is in the close record, and in the
 * audit trail, also where it failed. From where, too; but a re-close is recorded by the worker that makes it, which knows
 * only who.
 */
export function actionRoutes(app: FastifyInstance, deps: OrderActions & { audit: Audit }): void {
  const actions: Record<OrderAction, Act> = {
    close: async (order, trigger) => resultOf(await deps.closeOrder(byId(order), trigger)),
    cancel: async (order, trigger) => resultOf(await deps.cancelOrder(byId(order), trigger)),
    sync: async (order, trigger) => resultOf(await deps.syncOrder(byId(order), trigger)),
    reclose: async ({ orderNo }, trigger) => resultOf(await deps.reclose(orderNo, trigger)),
    resend: async (order) => {
      const count = await inTraceOf(order, 'resend notices', () => deps.resendNotices(order.orderNo));
      return { outcome: count === 0 ? 'nothing_to_resend' : 'enqueued', count };
    },
    late: async (order, trigger, body) => {
      const { decision } = readRequest(lateBody, body);
      return { decision, ...resultOf(await deps.decideLatePayment(byId(order), decision, trigger)) };
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
  ): Promise<Unsent<ActionResult>> {
    const { orderNo } = request.params;
    const before = orderNoForm.test(orderNo) ? await deps.findOrder(orderNo) : null;
    if (before === null) throw new Problem(404, 'not_found');
    const { name: actor } = signedIn(request);
    const { ip } = request;
    const note = (after: PaymentOrder | null, outcome: string) =>
      deps.audit({
        actor,
        ip,
        action,
        subject: orderNo,
        before: stateOf(before),
        after: after === null ? null : stateOf(after),
        outcome,
      });

    let result: Result;
    try {
      result = await actions[action](before, triggerOf(request), request.body);
    } catch (error) {
      // The first error is the one to know of, whether or not this can be noted.
      if (!(error instanceof Problem)) await note(null, 'failed').catch(() => {});
      throw error;
    }
    const after = (await deps.findOrder(orderNo)) ?? before;
    await note(after, inWords(result));
    return { action, ...result, order: viewOrder(after) };
  }
}

type Outcome = CloseOutcome | CancelOutcome | SyncOutcome | RecloseOutcome | DecideLateOutcome;

/** What an outcome says beside its kind and the order. */
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

/** An order's state, short. */
function stateOf({ status, ending, stuckAt }: PaymentOrder): string {
  return `${status}/${ending}${stuckAt === null ? '' : ', stuck'}`;
}

function inWords({ outcome, reason, decision, count }: Result): string {
  const words = [decision, outcome, reason, count].filter((word) => word !== undefined);
  return words.join(' ');
}
