import type { Channel, CloseResult, QueryResult } from '../../channel/channel.ts';
import type { Answers } from '../answers.ts';
import { asChannelOrder, type PaymentOrder } from '../order.ts';

/** The channel's answers in one attempt. Null: not called. */
export interface Evidence {
  queryBefore: QueryResult | null;
  close: CloseResult | null;
  queryAfter: QueryResult | null;
}

export const nothingAsked: Evidence = { queryBefore: null, close: null, queryAfter: null };

/**
 * Closes the order at its channel, then queries it. It queries first in two cases:
 * - The creation was never confirmed: closing a number that the channel does not know proves nothing.
 * - The close is a reversal, which would refund a paid order: it is sent only after `reversibleFrom`, and only if
 *   `mayReverse` allows it.
 *
 * A channel without a close is only queried. Never throws because of the channel.
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
    // A charge that waits for the customer's password cannot be closed; a reversal ends it.
    const reverses = kind === 'user_paying' && reversibleFrom !== null;
    if (kind !== 'unpaid' && kind !== 'not_found' && !reverses) return evidence;
  }
  if (reversibleFrom !== null) {
    if (now.getTime() < reversibleFrom.getTime()) return { ...evidence, close: tooEarly };
    if (!(await mayReverse())) return evidence;
  }
  evidence.close = await channel.close(asked);
  if (evidence.close.kind === 'misconfigured') return evidence;
  // Nothing has happened since the first query.
  if (evidence.close.kind === 'unsupported' && evidence.queryBefore !== null) return evidence;
  evidence.queryAfter = await channel.query(asked);
  return evidence;
}

const tooEarly = { kind: 'user_paying', answer: 'not called: too soon after the charge' } as const;

/** The answers of one attempt, in the order of its calls, as the close record keeps them. */
export function answersOf({ queryBefore, close, queryAfter }: Evidence): Answers {
  const calls = [
    { call: 'query', result: queryBefore },
    { call: 'close', result: close },
    { call: 'query', result: queryAfter },
  ] as const;
  return calls.flatMap(({ call, result }) => (result === null ? [] : [{ call, answer: result.answer }]));
}
