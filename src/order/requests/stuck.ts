import { setTimeout as wait } from 'node:timers/promises';
import { isLockConflict, isPermanent, nameOfError } from '../../platform/mysql/permanent-error.ts';
import { answersIn, lastAnswer } from '../answers.ts';
import { configuredChannel } from '../attempt/availability.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, type PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CloseTrigger } from '../outcomes.ts';
import type { StuckFilter, StuckOrder, StuckPage } from '../store/stuck-store.ts';

const PAGE = 500;
/** Concurrent channel queries, or timers being set. */
const AT_ONCE = 10;

/** A dead letter (死信), for a person to read. */
export interface StuckEntry {
  order: StuckOrder;
  /** The channel's last answer in the latest attempt; null: never attempted. */
  answer: string | null;
}

/** Lists orders that need a person, longest stuck first. Throws only if the database is unreachable. */
export async function listStuck(
  deps: OrderDeps,
  filter: StuckFilter,
  page: StuckPage,
): Promise<StuckEntry[]> {
  const orders = await deps.stuck.list(filter, deps.clock.now(), page);
  const records = await deps.stuck.lastRecords(orders.map(({ id }) => id));
  return orders.map((order) => {
    const record = records.get(order.id);
    return { order, answer: record === undefined ? null : lastAnswer(answersIn(record)) };
  });
}

export interface RecloseCounts {
  /** Restarted; each row has its time. */
  enqueued: number;
  /** Ended meanwhile. */
  ended: number;
  /** Order numbers of those that could not be changed, because of a locked row or faulty data. They stay stuck. */
  skipped: string[];
  /** When the last of them is due; null: none was restarted. */
  lastAt: Date | null;
}

/** Where one page ended and the next continues. */
export interface RecloseCursor {
  /** Only orders stuck since then or longer: one that gets stuck again is not restarted twice. */
  until: Date;
  /** When the next order is due, so that the pages together keep the pace. */
  dueFrom: Date;
  /** The last order of the page. */
  after: Pick<StuckOrder, 'id' | 'stuckAt'>;
}

/**
 * Restarts every stuck order that matches `filter`: its close, cancel or watch. The i-th order is due i / `perSecond`
 * seconds from now. The rows hold these times, so nothing has to pace them and nothing is lost if this process dies;
 * calling it again continues with the rest. Calls `onRestarted` for each. An order that cannot be changed now is skipped.
 * Throws only if the database is unreachable.
 */
export async function recloseStuck(
  deps: OrderDeps,
  filter: StuckFilter,
  perSecond: number,
  trigger: CloseTrigger,
  onRestarted?: (order: StuckOrder) => void,
): Promise<RecloseCounts> {
  const counts: RecloseCounts = { enqueued: 0, ended: 0, skipped: [], lastAt: null };
  let from: RecloseCursor | null = null;
  do {
    const { next, ...part }: ReclosePart = await reclosePart(
      deps,
      filter,
      perSecond,
      trigger,
      from,
      onRestarted,
    );
    counts.enqueued += part.enqueued;
    counts.ended += part.ended;
    counts.skipped.push(...part.skipped);
    counts.lastAt = part.lastAt ?? counts.lastAt;
    from = next;
  } while (from !== null);
  return counts;
}

export type ReclosePart = RecloseCounts & {
  /** Null: no more pages. */
  next: RecloseCursor | null;
};

/** Restarts one page of at most 500 orders: from the longest stuck, or from `from`. */
export async function reclosePart(
  deps: OrderDeps,
  filter: StuckFilter,
  perSecond: number,
  { kind, actor }: CloseTrigger,
  from: RecloseCursor | null,
  onRestarted?: (order: StuckOrder) => void,
): Promise<ReclosePart> {
  const now = deps.clock.now();
  const until = from?.until ?? now;
  const start = Math.max(now.getTime(), from?.dueFrom.getTime() ?? 0);
  const dueAt = (index: number) => new Date(start + Math.floor((index * 1000) / perSecond));
  const counts: RecloseCounts = { enqueued: 0, ended: 0, skipped: [], lastAt: null };
  const orders = await deps.stuck.list(filter, until, { limit: PAGE, after: from?.after ?? null });
  await inBatches(orders, async (order, index) => {
    const at = dueAt(index);
    const begun = await deps.store.restart(order.id, at).catch((error: unknown) => {
      if (!isLockConflict(error) && !isPermanent(error)) throw error;
      return null;
    });
    if (begun === null) counts.skipped.push(order.orderNo);
    else counts[begun ? 'enqueued' : 'ended'] += 1;
    if (!begun) return;
    onRestarted?.(order);
    if (counts.lastAt === null || at > counts.lastAt) counts.lastAt = at;
    await inOrderTrace(order, 're-close', () => deps.timer.set(order, at, kind, actor));
  });
  const { channel, reason } = filter;
  deps.log.info({ channel, reason, trigger: kind, actor, ...counts, perSecond }, 'stuck orders re-enqueued');
  const last = orders.at(-1);
  const isLast = last === undefined || orders.length < PAGE;
  return { ...counts, next: isLast ? null : { until, dueFrom: dueAt(orders.length), after: last } };
}

/** What the channel answers about an order now, beside the order as we know it. */
export interface ChannelAnswer {
  order: PaymentOrder;
  /** The kind of the channel's answer. `not_configured`: no such channel here. `faulty_data`: the row cannot be read. */
  says: string;
  answer: string;
}

/**
 * Queries the channels about these orders, about `perSecond` per second. Changes nothing, takes no lease, writes no
 * record. Bypasses the circuit breaker, because failures of stuck orders say little about the channel. Once `signal` is
 * aborted, no more are queried: the result then covers only the first of them.
 */
export async function queryChannels(
  deps: OrderDeps,
  orders: PaymentOrder[],
  perSecond: number,
  { signal, onAsked }: { signal?: AbortSignal; onAsked?: () => void } = {},
): Promise<ChannelAnswer[]> {
  const said: ChannelAnswer[] = [];
  const ask = async (order: PaymentOrder, index: number) => {
    const channel = configuredChannel(deps, order);
    if (channel === null) {
      said[index] = { order, says: 'not_configured', answer: 'not called: not configured for this account' };
      return;
    }
    const query = async () => channel.unguarded.query(asChannelOrder(order));
    const { kind, answer } = await query().catch((error: unknown) => {
      if (!isPermanent(error)) throw error;
      return { kind: 'faulty_data', answer: `not called: ${nameOfError(error)}` };
    });
    said[index] = { order, says: kind, answer };
    onAsked?.();
  };
  await inBatches(orders, ask, { perSecond, signal });
  return said;
}

async function inBatches<Item>(
  items: Item[],
  work: (item: Item, index: number) => Promise<void>,
  { perSecond = Number.POSITIVE_INFINITY, signal }: { perSecond?: number; signal?: AbortSignal } = {},
): Promise<void> {
  for (let from = 0; from < items.length && signal?.aborted !== true; from += AT_ONCE) {
    const some = items.slice(from, from + AT_ONCE);
    const isLast = from + AT_ONCE >= items.length;
    const pace = isLast ? undefined : wait((AT_ONCE * 1000) / perSecond);
    await Promise.all([pace, ...some.map((item, offset) => work(item, from + offset))]);
  }
}
