import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type PaymentOrder, pendingReasons } from '../../../order/order.ts';
import type { CloseTrigger } from '../../../order/outcomes.ts';
import type { ChannelAnswer, RecloseCursor, ReclosePart } from '../../../order/requests/stuck.ts';
import type { StuckFilter } from '../../../order/store/stuck-store.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import { viewOrder } from '../../../view/orders/order-row.ts';
import type { DryRunResult, RecloseResult, StuckRequest } from '../api.ts';
import type { Audit } from '../audit.ts';
import { audited, recordOrLog } from '../auth/audited.ts';
import { allow, Problem, signedIn, triggerOf } from '../auth/signed-in.ts';
import { channel, orderNoForm, readRequest } from '../read-request.ts';
import type { Unserialized } from '../unserialized.ts';
import { recloseCursor, writeCursor } from './reclose-cursor.ts';

/** Orders per request, whether named or queried. */
const AT_MOST = 200;
/** New queries start for this long, ms; the last may take a few seconds more. */
const ASK_MS = 10_000;

/** Each throws only if the database is unavailable. */
export interface StuckActions {
  /** Those of these that exist, in any order. */
  findOrders(orderNos: string[]): Promise<PaymentOrder[]>;
  /** Stuck orders, stuck longest first. */
  findStuck(filter: StuckFilter, limit: number): Promise<PaymentOrder[]>;
  /** Queries at most 20 a second, and starts none once `signal` is aborted: returns the answers for the first orders. */
  queryChannels(orders: PaymentOrder[], signal: AbortSignal): Promise<ChannelAnswer[]>;
  /** Re-closes a part of them; at most 20 become due per second. Calls `onRestarted` for each. */
  reclosePart(
    filter: StuckFilter,
    trigger: CloseTrigger,
    from: RecloseCursor | null,
    onRestarted: (order: PaymentOrder) => void,
  ): Promise<ReclosePart>;
}

/** Strict: ignoring an unknown filter would select more orders than the operator meant. */
const stuckRequest = z.strictObject({
  orderNos: z.array(z.string().regex(orderNoForm)).min(1).max(AT_MOST).optional(),
  channel: channel.optional(),
  reason: z.enum(pendingReasons).optional(),
}) satisfies z.ZodType<StuckRequest>;
const recloseRequest = stuckRequest.extend({ after: recloseCursor });

/** An operator's actions on many stuck orders: POST /stuck/ask, a dry run, and POST /stuck/reclose. */
export function stuckRoutes(app: FastifyInstance, deps: StuckActions & { audit: Audit; log: Logger }): void {
  const options = { preHandler: allow('operator') };
  /** One dry run at a time per process: it bypasses the channels' circuit breakers, and must stay a small load. */
  let isAsking = false;

  app.post('/stuck/ask', options, async (request): Promise<Unserialized<DryRunResult>> => {
    const filter = readRequest(stuckRequest, request.body ?? {});
    if (isAsking) throw new Problem(429, 'too_many', 'another dry run is running', ASK_MS);
    isAsking = true;
    try {
      return await ask(request, filter);
    } finally {
      isAsking = false;
    }
  });

  app.post('/stuck/reclose', options, async (request): Promise<Unserialized<RecloseResult>> => {
    const { after: from, ...filter } = readRequest(recloseRequest, request.body ?? {});
    const restarted = new Set<string>();
    const trigger = triggerOf(request);
    const what = entryOf(request, 'stuck_reclose', filter);
    const each = (orderNo: string, outcome: string) =>
      recordOrLog(deps, { ...what, subject: orderNo, after: null, outcome });
    const act = async () => {
      let part: ReclosePart;
      try {
        part = await deps.reclosePart(filter, trigger, from, ({ orderNo }) => restarted.add(orderNo));
      } finally {
        await inTurn([...restarted], (orderNo) => each(orderNo, 'enqueued'));
      }
      const orders = await outcomesOf(filter.orderNos ?? [], restarted, part.skipped);
      await inTurn(orders, async ({ orderNo, outcome }) => {
        if (!restarted.has(orderNo)) await each(orderNo, outcome);
      });
      const { next, ...counts } = part;
      const result = { ...counts, orders, next: next === null ? null : writeCursor(next) };
      return { result, after: null, outcome: inWords(counts) };
    };
    return audited(deps, { ...what, subject: null }, act, () => `failed, ${restarted.size} enqueued`);
  });

  async function ask(request: FastifyRequest, filter: z.output<typeof stuckRequest>) {
    const orders = await selected(filter);
    const answers = await deps.queryChannels(orders.slice(0, AT_MOST), AbortSignal.timeout(ASK_MS));
    const what = { ...entryOf(request, 'stuck_ask', filter), after: null };
    // One entry per named order, so that the audit trail can be searched by order number.
    await inTurn(filter.orderNos ?? [null], (subject) =>
      deps.audit({ ...what, subject, outcome: `${answers.length} asked about` }),
    );
    return {
      rows: answers.map(({ order, says, answer }) => ({ order: viewOrder(order), says, answer })),
      isCut: answers.length < orders.length,
    };
  }

  /** Named orders need not be stuck to be queried. Reads one more than the limit, to know whether there are more. */
  async function selected({ orderNos, ...filter }: z.output<typeof stuckRequest>): Promise<PaymentOrder[]> {
    if (orderNos === undefined) return deps.findStuck(filter, AT_MOST + 1);
    return deps.findOrders(orderNos);
  }

  async function outcomesOf(
    orderNos: string[],
    restarted: Set<string>,
    skipped: string[],
  ): Promise<RecloseResult['orders']> {
    const others = orderNos.filter((orderNo) => !restarted.has(orderNo));
    const found = others.length === 0 ? [] : await deps.findOrders(others);
    const there = new Set(found.map(({ orderNo }) => orderNo));
    return orderNos.map((orderNo) => {
      if (restarted.has(orderNo)) return { orderNo, outcome: 'enqueued' };
      if (skipped.includes(orderNo)) return { orderNo, outcome: 'skipped' };
      return { orderNo, outcome: there.has(orderNo) ? 'ended' : 'not_found' };
    });
  }

  function entryOf(request: FastifyRequest, action: string, { orderNos, channel, reason }: StuckFilter) {
    const which = orderNos === undefined ? 'all that are stuck' : `${orderNos.length} named`;
    const before = [which, channel, reason].filter((word) => word !== undefined).join(', ');
    return { actor: signedIn(request).name, ip: request.ip, action, before };
  }
}

function inWords({
  enqueued,
  ended,
  skipped,
}: Pick<RecloseResult, 'enqueued' | 'ended' | 'skipped'>): string {
  return `${enqueued} enqueued, ${ended} ended${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`;
}

/** Sequentially, to leave database connections for the orders' own work. */
async function inTurn<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}
