import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { TellOnce } from '../platform/tell-once.ts';
import { createBreaker } from './breaker.ts';
import type { Channel, ChannelOrder, Failure, GuardedChannel } from './channel.ts';
import { unknown } from './reply.ts';

/** How soon to ask again while too many calls are under way, ms. */
const FULL_RETRY_MS = 1_000;

interface Answer {
  kind: string;
  answer: string;
}

interface GuardOptions {
  clock: Clock;
  log: Logger;
  tellOnce: TellOnce;
  /** Calls under way at once, in this process; more are refused, so that a hanging channel holds a bounded number. */
  maxCalls: number;
}

/**
 * A channel behind its bulkhead (隔舱): a circuit breaker and a bound on the calls under way. A call that either
 * refuses does not reach the network and is answered `unknown`: nothing was learned. Whoever begins an attempt asks
 * `admit` first, and need not make one that would be refused.
 *
 * The one place where a person is told that a whole channel is down or misconfigured, once.
 */
export function guardChannel(
  channel: Channel,
  { clock, log: parent, tellOnce, maxCalls }: GuardOptions,
): GuardedChannel {
  const log = parent.child({ channel: channel.name });
  const breaker = createBreaker(clock, {
    opened(reason, answer, until) {
      // The first order that met a misconfiguration has told of it.
      const told = reason === 'misconfigured' && !tellOnce(`misconfigured ${channel.name}`);
      log[told ? 'warn' : 'error']({ reason, answer, until }, 'channel is out of order: its orders wait');
    },
    stillOpen: (reason, answer, until) =>
      log.warn({ reason, answer, until }, 'channel is still out of order'),
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
      // A channel without a close was not asked.
      if (result.kind !== 'unsupported') breaker.note({ orderNo, kind: result.kind, answer: result.answer });
      return result;
    } finally {
      underWay -= 1;
    }
  }

  async function guarded<Result extends Answer>(order: ChannelOrder, call: () => Promise<Result>) {
    return refusal() ?? counted(order, call());
  }

  const fullUntil = () => (underWay < maxCalls ? null : new Date(clock.now().getTime() + FULL_RETRY_MS));

  return {
    ...channel,
    create: (order, payer) => guarded(order, () => channel.create(order, payer)),
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
    unavailableUntil: () => breaker.unavailableUntil() ?? fullUntil(),
    admit: () => fullUntil() ?? breaker.admit(),
  };
}
