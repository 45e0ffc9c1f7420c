import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { channelNames } from '../../channel/channel.ts';
import { type PaymentOrder, pendingReasons } from '../../order/order.ts';
import type { CloseTrigger } from '../../order/outcomes.ts';
import type { RecloseOutcome } from '../../order/reclose.ts';
import type { ChannelSays, RecloseCounts } from '../../order/stuck.ts';
import type { StuckFilter } from '../../order/stuck-store.ts';
import type { Logger } from '../../platform/logger.ts';
import { viewOrder } from '../../view/order-row.ts';
import type { ChannelSaysList, RecloseResult, StuckWish } from './api.ts';
import type { Audit } from './audit.ts';
import { audited, recordOrLog } from './audited.ts';
import { orderNoForm, readRequest } from './read-request.ts';
import { allow, signedIn, triggerOf } from './signed-in.ts';
import type { Unsent } from './unsent.ts';

/** So many orders at once, named one by one or asked about. */
const AT_MOST = 200;
/** Questions to channels are begun for so long, ms; the last of them may take some seconds more. */
const ASK_MS = 10_000;

/** Each throws only when the database cannot be reached. */
export interface StuckActions {
  findOrder(orderNo: string): Promise<PaymentOrder | null>;
  /** Stuck orders, stuck longest first. */
  findStuck(filter: StuckFilter, limit: number): Promise<PaymentOrder[]>;
  /** At most 20 a second, and none once `signal` is aborted: what is said of the first of them. */
  askAbout(orders: PaymentOrder[], signal: AbortSignal): Promise<ChannelSays[]>;
  /** At most 20 of them become due in a second. `onBegun` is told of each. */
  recloseStuck(
    filter: StuckFilter,
    trigger: CloseTrigger,
    onBegun: (order: PaymentOrder) => void,
  ): Promise<RecloseCounts>;
}

/** Strict: with a filter that is not known to us, more would be meant than the operator means. */
const wish = z.strictObject({
  orderNos: z.array(z.string().regex(orderNoForm)).min(1).max(AT_MOST).optional(),
  channel: z.enum(channelNames).optional(),
  reason: z.enum(pendingReasons).optional(),
}) satisfies z.ZodType<StuckWish>;

/** What an operator does with many stuck orders: POST /stuck/ask, a dry run, and POST /stuck/reclose. */
export function stuckRoutes(app: FastifyInstance, deps: StuckActions & { audit: Audit; log: Logger }): void {
  const options = { preHandler: allow('operator') };

  app.post('/stuck/ask', options, async (request): Promise<Unsent<ChannelSaysList>> => {
    const filter = readRequest(wish, request.body ?? {});
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
  });

  app.post('/stuck/reclose', options, async (request): Promise<Unsent<RecloseResult>> => {
    const filter = readRequest(wish, request.body ?? {});
    const begun = new Set<string>();
    const trigger = triggerOf(request);
    const what = entryOf(request, 'stuck_reclose', filter);
    const each = (orderNo: string, outcome: string) =>
      recordOrLog(deps, { ...what, subject: orderNo, after: null, outcome });
    const act = async () => {
      let counts: RecloseCounts;
      try {
        counts = await deps.recloseStuck(filter, trigger, ({ orderNo }) => begun.add(orderNo));
      } finally {
        await inTurn([...begun], (orderNo) => each(orderNo, 'enqueued'));
      }
      const orders = await Promise.all(
        (filter.orderNos ?? []).map(async (orderNo) => ({
          orderNo,
          outcome: await outcomeOf(orderNo, begun),
        })),
      );
      await inTurn(orders, async ({ orderNo, outcome }) => {
        if (!begun.has(orderNo)) await each(orderNo, outcome);
      });
      const outcome = `${counts.enqueued} enqueued, ${counts.ended} ended`;
      return { result: { ...counts, orders }, after: null, outcome };
    };
    return audited(deps, { ...what, subject: null }, act, () => `failed, ${begun.size} enqueued`);
  });

  /** Named, they need not be stuck to be asked about. One more than can be asked tells that there are more. */
  async function meant({ orderNos, ...filter }: z.output<typeof wish>): Promise<PaymentOrder[]> {
    if (orderNos === undefined) return deps.findStuck(filter, AT_MOST + 1);
    const found = await Promise.all(orderNos.map((orderNo) => deps.findOrder(orderNo)));
    return found.filter((order) => order !== null);
  }

  async function outcomeOf(orderNo: string, begun: Set<string>): Promise<RecloseOutcome['kind']> {
    if (begun.has(orderNo)) return 'enqueued';
    return (await deps.findOrder(orderNo)) === null ? 'not_found' : 'ended';
  }

  function entryOf(request: FastifyRequest, action: string, { orderNos, channel, reason }: StuckFilter) {
    const which = orderNos === undefined ? 'all that are stuck' : `${orderNos.length} named`;
    const before = [which, channel, reason].filter((word) => word !== undefined).join(', ');
    return { actor: signedIn(request).name, ip: request.ip, action, before };
  }
}

/** Does it with each, one after the other: the orders' work needs the database more. */
async function inTurn<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}
