import { Gauge, type Registry } from 'prom-client';
import type { Channels } from '../channel/channel.ts';
import { answerWithin } from '../platform/answer-within.ts';
import type { Behind } from '../view/dashboard/behind.ts';
import type { Figures, ReadFigures } from '../view/dashboard/figures.ts';
import type { Vitals } from '../view/dashboard/vitals.ts';

/** Prometheus waits for ten seconds, ms. */
const LIMIT_MS = 5_000;

/** Brings the gauges to now, as far as the database can be read. Takes five seconds at most, and never throws. */
export type RefreshGauges = () => Promise<void>;

/**
 * What the database and the queues know, as gauges: every process exports the same, so that the alert "no worker runs the
 * timers" also comes from one that only serves. While the database cannot be read they have no value, rather than an
 * old one, and `autoclose_figures_readable` is 0. What alerts stand on is read by itself: it is there also when the other
 * figures take too long. The breakers are this process's own.
 */
export function createFigureGauges(
  registry: Registry,
  read: { vitals(): Promise<Vitals>; behind(): Promise<Behind>; figures: ReadFigures },
  channels: Channels,
): RefreshGauges {
  const plain: Gauge[] = [];
  const labelled: Gauge[] = [];
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) => {
    const made = new Gauge({ name: `autoclose_${name}`, help, labelNames, registers: [registry] });
    (labelNames.length === 0 ? plain : labelled).push(made);
    return made;
  };
  const readable = gauge('figures_readable', '1: the database could be read; 0: what it knows is left out.');
  const outOfOrder = gauge(
    'channel_out_of_order',
    '1: a breaker of this process is open or on trial, and was tried lately: of the whole channel (all), or of an operation.',
    ['channel', 'operation', 'method'],
  );
  const open = gauge('orders_open', 'Orders that have not ended.', ['channel']);
  const overdue = gauge(
    'orders_overdue',
    'Open orders whose timer has run out and that no worker has taken up; stuck ones are left out.',
  );
  const overdueAge = gauge(
    'overdue_oldest_seconds',
    'For how long the timer of the oldest of them has run out; 0: there is none.',
  );
  const stuck = gauge('orders_stuck', 'Orders that need a person.');
  const late = gauge('late_payments_waiting', 'Payments of closed orders that wait for a person.');
  const violations = gauge(
    'violations',
    'Orders that turned out paid or payable after their close, paid twice or with another amount, ever.',
  );
  const notices = gauge(
    'notices_waiting',
    'Notices to merchants: pending (overdue is a part of it), given_up.',
    ['state'],
  );
  const queueUsable = gauge(
    'queue_usable',
    '1: Redis can hold the timers; 0: it is away, refuses or is unusable.',
  );
  const queuePaused = gauge('queue_paused', '1: another program has paused the queue.', ['channel']);
  const jobs = gauge('queue_jobs', 'Close jobs of BullMQ.', ['channel', 'state']);
  const alive = gauge('processes_alive', 'Processes that were seen within 30 s.', ['part']);
  const sweepAge = gauge('sweep_age_seconds', 'Since any worker’s sweep last ended; +Inf: not within a day.');

  function showVitals({ now, processes }: Vitals): void {
    const secondsSince = (at: Date) => Math.max(0, now.getTime() - at.getTime()) / 1000;
    for (const part of ['serves', 'works'] as const) {
      alive.set({ part }, processes.filter((one) => one.isAlive && one[part]).length);
    }
    const swept = processes.flatMap(({ sweptAt }) => (sweptAt === null ? [] : [sweptAt.getTime()]));
    sweepAge.set(swept.length === 0 ? Number.POSITIVE_INFINITY : secondsSince(new Date(Math.max(...swept))));
  }

  function show(figures: Figures): void {
    for (const channel of channels.keys()) open.set({ channel }, 0);
    for (const { channel, count } of figures.open) open.set({ channel }, count);
    stuck.set(figures.stuck);
    late.set(figures.lateWaiting);
    violations.set(figures.violations);
    notices.set({ state: 'pending' }, figures.notices.pending);
    notices.set({ state: 'overdue' }, figures.notices.overdue);
    notices.set({ state: 'given_up' }, figures.notices.givenUp);
    queueUsable.set(figures.redis.state === 'ok' ? 1 : 0);
    for (const channel of channels.keys()) queuePaused.set({ channel }, 0);
    for (const channel of figures.redis.paused) queuePaused.set({ channel }, 1);
    for (const { channel, ...counts } of figures.queues ?? []) {
      for (const [state, count] of Object.entries(counts)) jobs.set({ channel, state }, count);
    }
  }

  function showBehind({ count, oldestMs }: Behind): void {
    overdue.set(count);
    overdueAge.set(oldestMs / 1000);
  }

  return async () => {
    const [vitals, behind, figures] = await Promise.all([
      answerWithin(LIMIT_MS, read.vitals()),
      answerWithin(LIMIT_MS, read.behind()),
      answerWithin(LIMIT_MS, read.figures()),
    ]);
    // A gauge without labels would begin again with 0, which says something.
    for (const each of plain) each.remove();
    for (const each of labelled) each.reset();
    for (const [channel, { outOfOrder: now }] of channels) {
      outOfOrder.set({ channel, operation: 'all', method: 'all' }, 0);
      // Its operations only while they are out of order: there are many, and most never are.
      for (const { operation, method } of now())
        outOfOrder.set({ channel, operation, method: method ?? 'all' }, 1);
    }
    readable.set(figures === null ? 0 : 1);
    if (vitals !== null) showVitals(vitals);
    if (figures !== null) show(figures);
    if (behind !== null) showBehind(behind);
  };
}
