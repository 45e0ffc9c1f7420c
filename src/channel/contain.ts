import type { Logger } from '../platform/logger.ts';
import type { Channel, ChannelOrder, ChannelPayment } from './channel.ts';
import { withDeadline } from './deadline.ts';
import { shortText, unknown } from './reply.ts';

/** Longer than any adapter should take, and shorter than an order may be kept from others, ms. */
const CALL_LIMIT_MS = 15_000;

interface Answer {
  kind: string;
  answer: string;
  payment?: ChannelPayment;
}

/**
 * Holds an adapter that we have not written to the contract. A call that throws or does not end, and an answer about
 * another order, become `unknown`: nothing was learned, and nothing changes. What it says is cut to what the close record
 * holds. The result is a plain object, whatever the adapter is made of.
 */
export function containChannel(channel: Channel, log: Logger, limitMs = CALL_LIMIT_MS): Channel {
  async function contained<Result extends Answer>({ orderNo }: ChannelOrder, call: () => Promise<Result>) {
    try {
      const result = await withDeadline(limitMs, call);
      if (result.payment !== undefined && result.payment.orderNo !== orderNo)
        return unknown('answer about another order');
      return { ...result, answer: shortText(result.answer) };
    } catch (err) {
      log.warn({ err, orderNo, channel: channel.name }, 'channel adapter threw: taken for unknown');
      return unknown('adapter threw', err instanceof Error ? err.name : '');
    }
  }

  return {
    name: channel.name,
    account: channel.account,
    methods: channel.methods,
    knowsByCreatedAt: channel.knowsByCreatedAt === true,
    notifiesForMs: channel.notifiesForMs,
    refundWindowMs: channel.refundWindowMs,
    refundedIsInFull: channel.refundedIsInFull,
    replies: channel.replies,
    create: (order, payer) => contained(order, () => channel.create(order, payer)),
    query: (order) => contained(order, () => channel.query(order)),
    close: (order) => contained(order, () => channel.close(order)),
    cancel(order, refund) {
      try {
        const call = channel.cancel(order, refund);
        return call === null ? null : contained(order, () => call);
      } catch (err) {
        return contained(order, () => Promise.reject(err));
      }
    },
    refund: (order, refund) => contained(order, () => channel.refund(order, refund)),
    queryRefund: (order, refund) => contained(order, () => channel.queryRefund(order, refund)),
    undoesPayments: (order) => channel.undoesPayments(order),
    reversibleFrom: (order) => channel.reversibleFrom(order),
    unpayableFrom: (order) => channel.unpayableFrom(order),
    showsUntouched: (order) => channel.showsUntouched(order),
    closesSoftly: (order) => channel.closesSoftly(order),
    parseNotification(raw) {
      try {
        return channel.parseNotification(raw);
      } catch (err) {
        log.warn({ err, channel: channel.name }, 'channel adapter threw: notification refused');
        return { kind: 'rejected', reason: 'adapter threw' };
      }
    },
  };
}
