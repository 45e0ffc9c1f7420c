import type { Channel, CloseResult, QueryResult } from '../../channel/channel.ts';
import type { Answers } from '../answers.ts';
import { asChannelOrder, type PaymentOrder } from '../order.ts';

/** What the channel was asked in one attempt, and what it answered. Null: not asked. */
export interface Evidence {
  queryBefore: QueryResult | null;
  close: CloseResult | null;
  queryAfter: QueryResult | null;
}

export const nothingAsked: Evidence = { queryBefore: null, close: null, queryAfter: null };

/**
 * Closes the order at its channel and asks what became of it: close, then query. It queries first only where
 * the creation was never confirmed, since a close of a number that the channel does not know proves nothing, and
 * where a close would give back the money of an order that has been paid: there it closes not too early, and only if
 * `mayReverse` says yes. A channel without a close is only queried. Never throws for what the channel does.
 */
export async function closeAtChannel(
  channel: Channel,
  order: PaymentOrder,
  now: Date,
  mayReverse: () => Promise<boolean>,
): Promise<Evidence> {
  const asked = asChannelOrder(order);
  const evidence = { ...nothingAsked };

  const reversibleFrom = channel.reversibleFrom(asked);
  if (order.payBody === null || reversibleFrom !== null) {
    evidence.queryBefore = await channel.query(asked);
    const { kind } = evidence.queryBefore;
    // A charge that waits for the password is not closed but reversed, and that ends it.
    const reverses = kind === 'user_paying' && reversibleFrom !== null;
    if (kind !== 'unpaid' && kind !== 'not_found' && !reverses) return evidence;
  }
  if (reversibleFrom !== null) {
    if (now.getTime() < reversibleFrom.getTime()) return { ...evidence, close: tooEarly };
    if (!(await mayReverse())) return evidence;
  }
  evidence.close = await channel.close(asked);
  if (evidence.close.kind === 'misconfigured') return evidence;
  // Nothing has happened since the first question.
  if (evidence.close.kind === 'unsupported' && evidence.queryBefore !== null) return evidence;
  evidence.queryAfter = await channel.query(asked);
  return evidence;
}

const tooEarly = { kind: 'user_paying', answer: 'not asked: too soon after the charge' } as const;

/** The answers of one attempt, in the order of its calls, as the close record keeps them. */
export function answersOf({ queryBefore, close, queryAfter }: Evidence): Answers {
  const calls = [
    { call: 'query', result: queryBefore },
    { call: 'close', result: close },
    { call: 'query', result: queryAfter },
  ] as const;
  return calls.flatMap(({ call, result }) => (result === null ? [] : [{ call, answer: result.answer }]));
}
