import { z } from 'zod';
import { type Clock, systemClock } from '../platform/clock/clock.ts';
import type { Logger } from '../platform/log/logger.ts';
import { safeError } from '../platform/log/safe-error.ts';
import { withTimeout } from '../platform/timeout.ts';
import { shortText, unknown } from './adapter/reply.ts';
import type { Channel } from './channel.ts';
import { callAnswers, notificationResult } from './result-schemas.ts';
import { type Around, withCalls } from './with-calls.ts';

/** Timeout of an adapter call, ms; shorter than the longest lease. */
const CALL_LIMIT_MS = 15_000;
/** Retry delay after an adapter's time trait throws or is invalid, ms. */
const NOT_YET_MS = 3_600_000;

const minWaits = z.partialRecord(
  z.enum(['user_paying', 'rate_limited', 'refunding']),
  z.number().nonnegative(),
);

interface ContainOptions {
  log: Logger;
  clock?: Clock;
  limitMs?: number;
}

/**
 * Validates a custom adapter against the contract. If a call throws, hangs, returns a result that the call cannot
 * have, or answers about another order, the result is `unknown`: nothing changes. If a trait (`unpayableFrom` and the
 * like) throws or returns an invalid value, the default that closes nothing is used. Answers are truncated to fit the
 * close record. The result is a plain object, even for an adapter that is a class instance.
 */
export function containChannel(
  channel: Channel,
  { log, clock = systemClock, limitMs = CALL_LIMIT_MS }: ContainOptions,
): Channel {
  const { name } = channel;

  const contained: Around = async (operation, { orderNo }, call) => {
    try {
      const { data: result } = callAnswers[operation].safeParse(await withTimeout(limitMs, call));
      if (result === undefined) {
        log.warn(
          { orderNo, channel: name },
          'channel adapter violated its contract; result treated as unknown',
        );
        return unknown('answer outside the contract');
      }
      if ('payment' in result && result.payment.orderNo !== orderNo)
        return unknown('answer about another order');
      return { ...result, answer: shortText(result.answer) };
    } catch (error) {
      log.warn(
        { err: safeError(error), orderNo, channel: name },
        'channel adapter threw; result treated as unknown',
      );
      return unknown('adapter threw', error instanceof Error ? error.name : '');
    }
  };

  /** Reads a trait; `cautious` is the default that closes nothing and loses no money. */
  function readTrait<Value>(
    member: string,
    schema: z.ZodType<Value>,
    read: () => Value,
    cautious: () => Value,
  ): Value {
    try {
      return schema.parse(read());
    } catch (error) {
      log.error(
        { err: safeError(error), channel: name, member },
        'channel adapter violated its contract; using the safe default',
      );
      return cautious();
    }
  }
  const notYet = () => new Date(clock.now().getTime() + NOT_YET_MS);

  return {
    name,
    account: channel.account,
    methods: channel.methods,
    knowsByCreatedAt: channel.knowsByCreatedAt === true,
    notifiesForMs: channel.notifiesForMs,
    refundWindowMs: channel.refundWindowMs,
    refundedIsInFull: channel.refundedIsInFull,
    replies: channel.replies,
    minWaitMs: minWaits.catch({}).parse(channel.minWaitMs),
    ...withCalls(channel, contained),
    voidsPayments: (order) =>
      readTrait(
        'voidsPayments',
        z.boolean(),
        () => channel.voidsPayments(order),
        () => false,
      ),
    reversibleFrom: (order) =>
      readTrait('reversibleFrom', z.date().nullable(), () => channel.reversibleFrom(order), notYet),
    unpayableFrom: (order) =>
      readTrait('unpayableFrom', z.date(), () => channel.unpayableFrom(order), notYet),
    showsUntouched: (order) =>
      readTrait(
        'showsUntouched',
        z.boolean(),
        () => channel.showsUntouched(order),
        () => true,
      ),
    closesSoftly: (order) =>
      readTrait(
        'closesSoftly',
        z.boolean(),
        () => channel.closesSoftly(order),
        () => false,
      ),
    parseNotification(raw) {
      try {
        const { data: result } = notificationResult.safeParse(channel.parseNotification(raw));
        return result ?? { kind: 'rejected', reason: 'outside the contract' };
      } catch (error) {
        log.warn({ err: safeError(error), channel: name }, 'channel adapter threw; notification rejected');
        return { kind: 'rejected', reason: 'adapter threw' };
      }
    },
  };
}
