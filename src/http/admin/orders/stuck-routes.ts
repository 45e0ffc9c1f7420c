import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type PaymentOrder, pendingReasons } from '../../../order/order.ts';
import type { CloseTrigger } from '../../../order/outcomes.ts';
import type { StuckFilter } from '../../../order/store/stuck-store.ts';
import type { ChannelSays, ReclosePart, ReclosePlace } from '../../../order/stuck/stuck.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import { viewOrder } from '../../../view/orders/order-row.ts';
import type { ChannelSaysList, RecloseResult, StuckWish } from '../api.ts';
import type { Audit } from '../audit.ts';
import { audited, recordOrLog } from '../auth/audited.ts';
import { allow, Problem, signedIn, triggerOf } from '../auth/signed-in.ts';
import { channel, orderNoForm, readRequest } from '../read-request.ts';
import type { Unsent } from '../unsent.ts';
import { reclosePlace, writePlace } from './reclose-place.ts';

/** So many orders at once, named one by one or asked about. */
const AT_MOST = 200;
/** Questions to channels are begun for so long, ms; the last of them may take some seconds more. */
const ASK_MS = 10_000;

/** Each throws only when the database cannot be reached. */
export interface StuckActions {
  /** Those that there are of these, in any order. */
  findOrders(orderNos: string[]): Promise<PaymentOrder[]>;
  /** Stuck orders, stuck longest first. */
  findStuck(filter: StuckFilter, limit: number): Promise<PaymentOrder[]>;
  /** At most 20 a second, and none once `signal` is aborted: what is said of the first of them. */
  askAbout(orders: PaymentOrder[], signal: AbortSignal): Promise<ChannelSays[]>;
  /** A part of them; at most 20 become due in a second. `onBegun` is told of each. */
  reclosePart(
    filter: StuckFilter,
    trigger: CloseTrigger,
    from: ReclosePlace | null,
    onBegun: (order: PaymentOrder) => void,
  ): Promise<ReclosePart>;
}

/** Strict: with a filter that is not known to us, more would be meant than the operator means. */
const wish = z.strictObject({
  orderNos: z.array(z.string().regex(orderNoForm)).min(1).max(AT_MOST).optional(),
  channel: channel.optional(),
  reason: z.enum(pendingReasons).optional(),
}) satisfies z.ZodType<StuckWish>;
const recloseWish = wish.extend({ after: reclosePlace });

/** What an operator does with many stuck orders: POST /stuck/ask, a dry run, and POST /stuck/reclose. */
export function stuckRoutes(app: FastifyInstance, deps: StuckActions & { audit: Audit; log: Logger }): void {
  const options = { preHandler: allow('operator') };
  /** One at a time in this process: it asks past the channels' guards, so that many would be no trickle any more. */
  let isAsking = false;

  app.post('/stuck/ask', options, async (request): Promise<Unsent<ChannelSaysList>> => {
    const filter = readRequest(wish, request.body ?? {});
    if (isAsking) throw new Problem(429, 'too_many', 'another dry run is under way', ASK_MS);
    isAsking = true;
    try {
      return await ask(request, filter);
    } finally {
      isAsking = false;
    }
  });

  app.post('/stuck/reclose', options, async (request): Promise<Unsent<RecloseResult>> => {
    const { after: from, ...filter } = readRequest(recloseWish, request.body ?? {});
    const begun = new Set<string>();
    const trigger = triggerOf(request);
    const what = entryOf(request, 'stuck_reclose', filter);
    const each = (orderNo: string, outcome: string) =>
      recordOrLog(deps, { ...what, subject: orderNo, after: null, outcome });
    const act = async () => {
      let part: ReclosePart;
      try {
        part = await deps.reclosePart(filter, trigger, from, ({ orderNo }) => begun.add(orderNo));
      } finally {
        await inTurn([...begun], (orderNo) => each(orderNo, 'enqueued'));
      }
      const orders = await outcomesOf(filter.orderNos ?? [], begun, part.skipped);
      await inTurn(orders, async ({ orderNo, outcome }) => {
        if (!begun.has(orderNo)) await each(orderNo, outcome);
      });
      const { next, ...counts } = part;
      const result = { ...counts, orders, next: next === null ? null : writePlace(next) };
      return { result, after: null, outcome: inWords(counts) };
    };
    return audited(deps, { ...what, subject: null }, act, () => `failed, ${begun.size} enqueued`);
  });

  async function ask(request: FastifyRequest, filter: z.output<typeof wish>) {
    const orders = await meant(filter);
    const said = await deps.askAbout(orders.slice(0, AT_MOST), AbortSignal.timeout(ASK_MS));
    const what = { ...entryOf(request, 'stuck_ask', filter), after: null };
    // Each that is named is found by its number.
    await inTurn(filter.orderNos ?? [null], (subject) =>
      deps.audit({ ...what, subject, outcome: `${said.length} asked about` }),
    );
    return {
      rows: said.map(({ order, says, answer }) => ({ order: viewOrder(order), says, answer })),
      isCut: said.length < orders.length,
    };
  }

  /** Named, they need not be stuck to be asked about. One more than can be asked tells that there are more. */
  async function meant({ orderNos, ...filter }: z.output<typeof wish>): Promise<PaymentOrder[]> {
    if (orderNos === undefined) return deps.findStuck(filter, AT_MOST + 1);
    return deps.findOrders(orderNos);
  }

  async function outcomesOf(
    orderNos: string[],
    begun: Set<string>,
    skipped: string[],
  ): Promise<RecloseResult['orders']> {
    const others = orderNos.filter((orderNo) => !begun.has(orderNo));
    const found = others.length === 0 ? [] : await deps.findOrders(others);
    const there = new Set(found.map(({ orderNo }) => orderNo));
    return orderNos.map((orderNo) => {
      if (begun.has(orderNo)) return { orderNo, outcome: 'enqueued' };
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

/** Does it with each, one after the other: the orders' work needs the database more. */
async function inTurn<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}
