import type { Clock, Ticks } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { TellOnce } from '../platform/tell-once.ts';
import { createBreaker } from './breaker.ts';
import type { Channel, ChannelOrder, Failure, GuardedChannel } from './channel.ts';
import { unknown } from './reply.ts';

/** How soon to ask again while too many calls are under way, ms. */
const FULL_RETRY_MS = 1_000;

/**
 * A creation is sent no later than this after its attempt was written into the row, ms. A process may stand still in
 * between; from `Channel.unpayableFrom` on, which leaves more room than this and the call itself take, other processes
 * may have closed the order as never created.
 */
export const CREATE_WITHIN_MS = 20_000;

interface Answer {
  kind: string;
  answer: string;
  statedAt?: Date;
}

export interface GuardOptions {
  /** On which the moments are that it returns. */
  clock: Clock;
  /** On which it waits. */
  ticks: Ticks;
  log: Logger;
  tellOnce: TellOnce;
  /** Hears the channel's own time, where an answer states it. */
  onStatedTime?: (at: Date) => void;
  /** Calls under way at once, in this process; more are refused, so that a hanging channel holds a bounded number. */
  maxCalls: number;
}

/**
 * A channel behind its bulkhead (隔舱): a circuit breaker and a bound on the calls under way. A call that either
 * refuses does not reach the network and is answered `unknown`: nothing was learned. Whoever begins an attempt asks
 * `admit` first, and need not make one that would be refused.
 *
 * The one place where a person is told that a whole channel is down or misconfigured: once, and once an hour while it
 * stays so.
 */
export function guardChannel(
  channel: Channel,
  { clock, ticks, log: parent, tellOnce, onStatedTime = () => {}, maxCalls }: GuardOptions,
): GuardedChannel {
  const log = parent.child({ channel: channel.name });
  const inMs = (ms: number) => new Date(clock.now().getTime() + ms);
  const breaker = createBreaker(ticks, {
    opened(reason, answer, waitMs) {
      // The first order that met a misconfiguration has told of it.
      const told = !tellOnce(`${reason} ${channel.name}`) && reason === 'misconfigured';
      const fields = { reason, answer, until: inMs(waitMs) };
      log[told ? 'warn' : 'error'](fields, 'channel is out of order: its orders wait');
    },
    stillOpen(reason, answer, waitMs) {
      const level = tellOnce(`${reason} ${channel.name}`) ? 'error' : 'warn';
      log[level]({ reason, answer, until: inMs(waitMs) }, 'channel is still out of order');
    },
    closed: () => log.info('channel works again'),
  });
  let underWay = 0;

  function refusal(): Failure | null {
    if (breaker.refuses()) return unknown('not asked: the channel is out of order');
    return underWay < maxCalls ? null : unknown('not asked: too many calls to the channel under way');
  }

  async function counted<Result extends Answer>({ orderNo }: ChannelOrder, call: Promise<Result>) {
    underWay += 1;
    try {
      const result = await call;
      if (result.statedAt !== undefined) onStatedTime(result.statedAt);
      // A channel without a close was not asked.
      if (result.kind !== 'unsupported') breaker.note({ orderNo, kind: result.kind, answer: result.answer });
      return result;
    } finally {
      underWay -= 1;
    }
  }

  /** Last of all before the request is made, because a process can stand still anywhere. */
  function tooOld({ createAttemptedAt }: ChannelOrder): Failure | null {
    const ageMs = clock.now().getTime() - createAttemptedAt.getTime();
    return ageMs <= CREATE_WITHIN_MS ? null : unknown('not asked: the order was taken too long ago');
  }

  async function guarded<Result extends Answer>(order: ChannelOrder, call: () => Promise<Result>) {
    return refusal() ?? counted(order, call());
  }

  const fullForMs = () => (underWay < maxCalls ? null : FULL_RETRY_MS);
  const until = (waitMs: number | null) => (waitMs === null ? null : inMs(waitMs));

  return {
    ...channel,
    create: async (order, payer) => tooOld(order) ?? guarded(order, () => channel.create(order, payer)),
    query: (order) => guarded(order, () => channel.query(order)),
    close: (order) => guarded(order, () => channel.close(order)),
    cancel(order, refund) {
      const refused = refusal();
      if (refused !== null) return Promise.resolve(refused);
      const call = channel.cancel(order, refund);
      return call === null ? null : counted(order, call);
    },
    refund: (order, refund) => guarded(order, () => channel.refund(order, refund)),
    queryRefund: (order, refund) => guarded(order, () => channel.queryRefund(order, refund)),
    unavailableUntil: () => until(breaker.unavailableForMs() ?? fullForMs()),
    admit: () => until(fullForMs() ?? breaker.admit()),
    isOutOfOrder: breaker.isOutOfOrder,
    unguarded: channel,
  };
}
