import type { Channel, CloseResult, QueryResult } from '../channel/channel.ts';
import { asChannelOrder, type PaymentOrder } from './order.ts';

/** What the channel was asked in one attempt, and what it answered. Null: not asked. */
export interface Evidence {
  queryBefore: QueryResult | null;
  close: CloseResult | null;
  queryAfter: QueryResult | null;
}

export const nothingAsked: Evidence = { queryBefore: null, close: null, queryAfter: null };

/**
 * Closes the order at its channel and asks what became of it: close, then query. It queries first only where
 * the creation was never confirmed: a close of a number that the channel does not know proves nothing, and the
 * first answer may already be the last word. Never throws for what the channel does.
 */
export async function closeAtChannel(channel: Channel, order: PaymentOrder): Promise<Evidence> {
  const asked = asChannelOrder(order);
  const evidence = { ...nothingAsked };

  if (order.payBody === null) {
    evidence.queryBefore = await channel.query(asked);
    const { kind } = evidence.queryBefore;
    if (kind !== 'unpaid' && kind !== 'not_found') return evidence;
  }
  evidence.close = await channel.close(asked);
  if (evidence.close.kind === 'misconfigured') return evidence;
  evidence.queryAfter = await channel.query(asked);
  return evidence;
}

/** The channel's last word, for people. */
export function lastAnswer({ queryBefore, close, queryAfter }: Evidence): string {
  return (
    (queryAfter ?? close ?? queryBefore)?.answer ??
    'not asked: the channel is not configured for this account'
  );
}
