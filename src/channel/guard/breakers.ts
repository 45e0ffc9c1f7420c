import type { Ticks } from '../../platform/clock/clock.ts';
import type { PayMethod } from '../channel.ts';
import {
  type ChannelPart,
  concernsOrders,
  nameOfPart,
  type Operation,
  partOf,
  partsFor,
  WHOLE_CHANNEL,
  type Work,
} from '../parts.ts';
import { type Breaker, type BreakerEvents, type Called, createBreaker, DOWN_MS } from './breaker.ts';

/** One operation alone may fail while the channel works; two that fail show an outage. */
const OPERATIONS_OF_AN_OUTAGE = 2;

/** An operation that the work needs is out of order. */
export interface OutOfOrder {
  /** Ms until the work may begin as the probe; 0: now. */
  forMs: number;
  /** How long it has been out of order, ms. */
  sinceMs: number;
  /** True if no work on orders is possible, because queries fail. */
  isWhole: boolean;
}

/** A finished call. `answered`: the channel answered, but the answer says nothing about the order. */
export interface PartCall extends Omit<Called, 'operation'> {
  operation: Operation;
  method: PayMethod;
  answered: boolean;
}

export interface Breakers {
  /** Null if all that the work needs is available. No side effects. */
  lookAt(work: Work, method: PayMethod): OutOfOrder | null;
  /** Asks to begin. Null: go ahead, possibly as the probe of an open circuit breaker. */
  admit(work: Work, method: PayMethod): OutOfOrder | null;
  /** Whether a call must not reach the network. */
  refuses(operation: Operation, method: PayMethod): boolean;
  note(call: PartCall): void;
  /** For display: what is out of order and was tried lately. */
  outOfOrder(): { part: ChannelPart; forMs: number }[];
}

/**
 * The circuit breakers (熔断) of a channel: one per operation, by method where that matters, and one for the whole
 * channel. A method without permission, or an interface that is down, stops only the work that needs it.
 *
 * The whole channel's breaker counts only calls without any answer, from at least two of creation, query and close;
 * any answer shows that the channel is up. While it is open, the other breakers ignore such calls.
 */
export function createBreakers(
  ticks: Ticks,
  events: (part: ChannelPart) => BreakerEvents,
  downMs = DOWN_MS,
): Breakers {
  const whole = createBreaker(ticks, events(WHOLE_CHANNEL), OPERATIONS_OF_AN_OUTAGE, downMs);
  const parts = new Map<string, { part: ChannelPart; breaker: Breaker }>();

  function find(part: ChannelPart): Breaker | undefined {
    return parts.get(nameOfPart(part))?.breaker;
  }

  function open(part: ChannelPart): Breaker {
    const found = find(part);
    if (found !== undefined) return found;
    const breaker = createBreaker(ticks, events(part), 1, downMs);
    parts.set(nameOfPart(part), { part, breaker });
    return breaker;
  }

  /** The breakers that the work needs and that are not closed. */
  function openFor(work: Work, method: PayMethod): Breaker[] {
    const needed = [whole, ...partsFor(work, method).flatMap((part) => find(part) ?? [])];
    return needed.filter((breaker) => breaker.unavailableForMs() !== null);
  }

  function lookAt(work: Work, method: PayMethod): OutOfOrder | null {
    const open = openFor(work, method);
    if (open.length === 0) return null;
    return {
      forMs: Math.max(...open.map((breaker) => breaker.unavailableForMs() ?? 0)),
      sinceMs: Math.max(...open.map((breaker) => breaker.outForMs())),
      isWhole: openFor('ask', method).length > 0,
    };
  }

  return {
    lookAt,
    admit(work, method) {
      const out = lookAt(work, method);
      if (out === null || out.forMs > 0) return out;
      for (const breaker of openFor(work, method)) breaker.admit();
      return null;
    },
    refuses: (operation, method) => whole.refuses() || (find(partOf(operation, method))?.refuses() ?? false),
    note({ operation, method, answered, ...call }) {
      const isLost = call.kind === 'unknown' && !answered;
      const wasOpen = whole.unavailableForMs() !== null;
      if (!isLost)
        whole.note({ ...call, operation, kind: call.kind === 'rate_limited' ? call.kind : 'answered' });
      else if (concernsOrders(operation)) whole.note({ ...call, operation });
      if (isLost && (wasOpen || whole.unavailableForMs() !== null) && concernsOrders(operation)) return;
      open(partOf(operation, method)).note({ ...call, operation, kind: answered ? 'answered' : call.kind });
    },
    outOfOrder: () =>
      [{ part: WHOLE_CHANNEL, breaker: whole }, ...parts.values()]
        .filter(({ breaker }) => breaker.isOutOfOrder())
        .map(({ part, breaker }) => ({ part, forMs: breaker.unavailableForMs() ?? 0 })),
  };
}
