import type { Clock, Ticks } from '../../platform/clock/clock.ts';
import type { ShouldAlert } from '../../platform/log/alert-limiter.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { unknown } from '../adapter/reply.ts';
import type { Channel, ChannelOrder, Failure, GuardedChannel, Unavailable } from '../channel.ts';
import {
  type ChannelPart,
  misconfigurationOf,
  nameOfPart,
  type Operation,
  WHOLE_CHANNEL,
  type Work,
} from '../parts.ts';
import { type Around, withCalls } from '../with-calls.ts';
import { createBreakers } from './breakers.ts';

/** Retry delay while too many calls are in flight, ms. */
const FULL_RETRY_MS = 1_000;

/**
 * A creation is sent at most this long after its attempt was written into the row, ms. A process may freeze in
 * between; from `Channel.unpayableFrom` on, which leaves room for this and for the call itself, other processes may
 * have closed the order as never created.
 */
export const CREATE_WITHIN_MS = 20_000;

export interface GuardOptions {
  /** Clock for the times that it returns. */
  clock: Clock;
  /** Monotonic clock for its waits. */
  ticks: Ticks;
  log: Logger;
  shouldAlert: ShouldAlert;
  /** Receives the channel's time, if an answer states it. */
  onStatedTime?: (at: Date) => void;
  /**
   * Maximum concurrent calls in this process; more are refused, so that a hanging channel blocks a bounded number.
   */
  maxCalls: number;
  /** How long an open circuit breaker waits before the next probe, ms, longer each time. Default: `DOWN_MS`. */
  downMs?: readonly number[];
}

/**
 * Puts a channel behind its bulkhead (隔舱): circuit breakers (see `breakers.ts`) and a limit on concurrent calls. A
 * refused call does not reach the network and is answered `unknown`. Call `admit` before an attempt, to avoid
 * attempts that would be refused.
 *
 * The only place that alerts that a channel, or one operation, is down or misconfigured: once, and then hourly while
 * it lasts.
 */
export function guardChannel(
  channel: Channel,
  { clock, ticks, log: parent, shouldAlert, onStatedTime = () => {}, maxCalls, downMs }: GuardOptions,
): GuardedChannel {
  const log = parent.child({ channel: channel.name });
  const inMs = (ms: number) => new Date(clock.now().getTime() + ms);
  const breakers = createBreakers(ticks, eventsOf, downMs);

  function eventsOf(part: ChannelPart) {
    const isWhole = part === WHOLE_CHANNEL;
    const { operation, method } = part;
    const about = isWhole ? {} : { operation, ...(method !== null && { method }) };
    const shouldRaise = (reason: 'unknown' | 'misconfigured') =>
      shouldAlert(
        reason === 'misconfigured'
          ? misconfigurationOf(channel.name, part)
          : `unknown ${channel.name} ${nameOfPart(part)}`,
      );
    return {
      opened(reason: 'unknown' | 'misconfigured', answer: string, waitMs: number) {
        // The first order that hit the misconfiguration has already logged it.
        const alreadyLogged = !shouldRaise(reason) && reason === 'misconfigured';
        const fields = { ...about, reason, answer, until: inMs(waitMs) };
        const level = alreadyLogged ? 'warn' : 'error';
        if (isWhole) log[level](fields, 'circuit breaker opened');
        else log[level](fields, 'circuit breaker opened for one operation');
      },
      stillOpen(reason: 'unknown' | 'misconfigured', answer: string, waitMs: number) {
        const fields = { ...about, reason, answer, until: inMs(waitMs) };
        const level = shouldRaise(reason) ? 'error' : 'warn';
        if (isWhole) log[level](fields, 'circuit breaker still open');
        else log[level](fields, 'circuit breaker still open for one operation');
      },
      closed() {
        if (isWhole) log.info('circuit breaker closed');
        else log.info(about, 'circuit breaker closed for one operation');
      },
    };
  }
  let underWay = 0;

  function refusal(operation: Operation, { method }: ChannelOrder): Failure | null {
    if (breakers.refuses(operation, method)) return unknown('not called: circuit breaker open');
    return underWay < maxCalls ? null : unknown('not called: too many concurrent calls');
  }

  /** Checked last before the request, because a process can freeze anywhere. */
  function tooOld({ createAttemptedAt }: ChannelOrder): Failure | null {
    const ageMs = clock.now().getTime() - createAttemptedAt.getTime() + (clock.stalledMs?.() ?? 0);
    return ageMs <= CREATE_WITHIN_MS ? null : unknown('not called: the order was loaded too long ago');
  }

  const guarded: Around = async (operation, order, call) => {
    const refused = (operation === 'create' ? tooOld(order) : null) ?? refusal(operation, order);
    if (refused !== null) return refused;
    underWay += 1;
    try {
      const result = await call();
      if ('statedAt' in result && result.statedAt !== undefined) onStatedTime(result.statedAt);
      const { kind, answer, asked = kind !== 'unsupported' } = result;
      const { orderNo, method } = order;
      const answered = 'answered' in result && result.answered === true;
      if (asked) breakers.note({ operation, method, orderNo, kind, answer, answered });
      return result;
    } finally {
      underWay -= 1;
    }
  };

  const fullFor = (): Unavailable | null =>
    underWay < maxCalls ? null : { until: inMs(FULL_RETRY_MS), sinceMs: 0, isWhole: true };
  const asUnavailable = (out: ReturnType<typeof breakers.lookAt>): Unavailable | null =>
    out === null ? null : { until: inMs(out.forMs), sinceMs: out.sinceMs, isWhole: out.isWhole };

  return {
    ...channel,
    ...withCalls(channel, guarded),
    unavailable: (work, method) => asUnavailable(breakers.lookAt(work, method)) ?? fullFor(),
    admit: (work: Work, method) => fullFor() ?? asUnavailable(breakers.admit(work, method)),
    outOfOrder: () => breakers.outOfOrder().map(({ part, forMs }) => ({ ...part, until: inMs(forMs) })),
    unguarded: channel,
  };
}
