import { Gauge, type Registry } from 'prom-client';
import type { Channels } from '../channel/channel.ts';
import { answerWithin } from '../platform/timeout.ts';
import type { Behind } from '../view/dashboard/behind.ts';
import type { Figures, ReadFigures } from '../view/dashboard/figures.ts';
import type { Vitals } from '../view/dashboard/vitals.ts';

/** Time limit, ms; Prometheus waits ten seconds. */
const LIMIT_MS = 5_000;

/** Refreshes the gauges, as far as the database can be read. Takes five seconds at most, never throws. */
export type RefreshGauges = () => Promise<void>;

/**
 * Creates the gauges of database and queues. Every process exports the same, so that the alert "no worker" also comes from
 * an API process. While the database cannot be read, they have no value instead of an old one, and
 * `autoclose_figures_readable` is 0. The figures that alerts use are read separately, so that they exist even if the others
 * take too long. The circuit breakers are this process's own.
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
  const readable = gauge('figures_readable', '1: the database could be read; 0: its figures are missing.');
  const outOfOrder = gauge(
    'channel_out_of_order',
    '1: a circuit breaker of this process is open or half-open, and was used lately. all: of the whole channel.',
    ['channel', 'operation', 'method'],
  );
  const open = gauge('orders_open', 'Orders that have not ended.', ['channel']);
  const overdue = gauge(
    'orders_overdue',
    'Orders that are due and that no worker has started yet, without stuck ones.',
  );
  const overdueAge = gauge(
    'overdue_oldest_seconds',
    'How long the oldest of them has been due; 0: there is none.',
  );
  const stuck = gauge('orders_stuck', 'Orders that need a person.');
  const late = gauge('late_payments_waiting', 'Late payments that wait for a person.');
  const violations = gauge(
    'violations',
    'All violations so far: orders paid or payable after their close, paid twice, or with another amount.',
  );
  const notices = gauge(
    'notices_waiting',
    'Merchant notices: pending (which includes overdue), and given_up.',
    ['state'],
  );
  const queueUsable = gauge(
    'queue_usable',
    '1: Redis can hold timers; 0: it is unreachable, refuses commands or is unusable.',
  );
  const queuePaused = gauge('queue_paused', '1: another program has paused the queue.', ['channel']);
  const jobs = gauge('queue_jobs', 'Close jobs in BullMQ.', ['channel', 'state']);
  const alive = gauge('processes_alive', 'Processes seen within 30 s.', ['part']);
  const sweepAge = gauge(
    'sweep_age_seconds',
    'Time since the last successful sweep of any worker; +Inf: none within a day.',
  );

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
    // A gauge without labels would restart at 0, which is a value.
    for (const each of plain) each.remove();
    for (const each of labelled) each.reset();
    for (const [channel, { outOfOrder: now }] of channels) {
      outOfOrder.set({ channel, operation: 'all', method: 'all' }, 0);
      // Operations only while their breaker is open: there are many, and most breakers never open.
      for (const { operation, method } of now())
        outOfOrder.set({ channel, operation, method: method ?? 'all' }, 1);
    }
    readable.set(figures === null ? 0 : 1);
    if (vitals !== null) showVitals(vitals);
    if (figures !== null) show(figures);
    if (behind !== null) showBehind(behind);
  };
}
