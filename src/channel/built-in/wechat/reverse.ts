import { z } from 'zod';
import { type Reply, shortText, unknown } from '../../adapter/reply.ts';
import type { CancelResult, ChannelOrder, CloseResult, QueryResult } from '../../channel.ts';
import { reverseRefusals } from './answers/codes.ts';
import { answerOf, readNotFound, refusalIn } from './answers/read-reply.ts';
import type { WechatDeps } from './create-order.ts';

/** An order must not be reversed sooner after the pay call, ms (reverse page): the call may still take effect. */
const REVERSE_AFTER_MS = 15_000;
const TOO_EARLY = 'not called: less than 15 s after the payment began';

type Reversed = ReturnType<typeof readReverse>;

/** Code-pay orders are reversed, not closed, which refunds them if they were paid: query before this. */
export async function closeByReverse(deps: WechatDeps, order: ChannelOrder): Promise<CloseResult> {
  if (isTooEarly(deps, order)) return { kind: 'user_paying', asked: false, answer: TOO_EARLY };
  const { kind, ...said } = await reverse(deps, order);
  return { ...said, kind: kind === 'refund_instead' || kind === 'not_enough' ? 'conflict' : kind };
}

/** Reverses, then queries the result. */
export async function cancelByReverse(
  deps: WechatDeps,
  order: ChannelOrder,
  query: (order: ChannelOrder) => Promise<QueryResult>,
): Promise<CancelResult> {
  if (isTooEarly(deps, order)) return { kind: 'again', asked: false, answer: TOO_EARLY };
  const reversed = await reverse(deps, order);
  const { kind, answer } = reversed;
  if (kind !== 'accepted' && kind !== 'unknown') return { kind, answer };
  const cancelled = readCancel(reversed, await query(order));
  return 'answered' in reversed && cancelled.kind === 'unknown'
    ? { ...cancelled, answered: true }
    : cancelled;
}

/**
 * The result of a reversal, from the query after it. If the reversal's own answer was lost, a refund may be another
 * one, and only partial: then the reversal is repeated, which is safe.
 */
export function readCancel(reversed: Pick<Reversed, 'kind' | 'answer'>, query: QueryResult): CancelResult {
  const answer = shortText(`${reversed.answer};`, query.answer);
  const accepted = reversed.kind === 'accepted';
  switch (query.kind) {
    case 'refunded':
      return { kind: accepted ? 'refunded' : 'again', answer };
    case 'paid':
    case 'unpaid':
      return { kind: accepted ? 'again' : 'unknown', answer };
    case 'mismatch':
      return { kind: 'unknown', answer };
    default:
      return { kind: query.kind, answer };
  }
}

const reversedSchema = z.object({ out_trade_no: z.string() });

/** Reads a reply to `reverse`. */
export function readReverse({ orderNo }: Pick<ChannelOrder, 'orderNo'>, reply: Reply) {
  if (reply.kind === 'lost') return unknown(reply.why);
  const parsed = reply.kind === 'verified' ? reversedSchema.safeParse(reply.data) : undefined;
  if (reply.kind === 'refusal' || !parsed?.success) {
    const refusal = reply.kind === 'refusal' ? reply : refusalIn(reply.status, reply.data);
    return { ...readNotFound(reverseRefusals, refusal), answer: answerOf(refusal) };
  }
  const { status } = reply;
  if (status !== 200 || parsed.data.out_trade_no !== orderNo) return unknown(status, 'about another order');
  return { kind: 'accepted', answer: String(status) } as const;
}

async function reverse({ config, call }: WechatDeps, order: ChannelOrder): Promise<Reversed> {
  const path = `v3/pay/transactions/out-trade-no/${encodeURIComponent(order.orderNo)}/reverse`;
  const body = { appid: config.appId, mchid: config.mchId };
  return readReverse(order, await call({ method: 'POST', path, body }));
}

export function reversibleFrom({ createAttemptedAt }: ChannelOrder): Date {
  return new Date(createAttemptedAt.getTime() + REVERSE_AFTER_MS);
}

function isTooEarly({ clock }: WechatDeps, order: ChannelOrder): boolean {
  return clock.now().getTime() < reversibleFrom(order).getTime();
}
