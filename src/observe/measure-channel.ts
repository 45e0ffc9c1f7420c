import type { Channel, ChannelOrder } from '../channel/channel.ts';
import { inSpan } from '../platform/log/trace.ts';
import type { Metrics } from './metrics.ts';

/**
 * A channel, with each call that reaches it measured and in a span of its own. Inside of the guard: a call that the
 * guard refuses is none.
 */
export function measureChannel(channel: Channel, metrics: Metrics): Channel {
  const { name } = channel;

  async function measured<Result extends { kind: string; answer: string }>(
    operation: string,
    { orderNo }: ChannelOrder,
    call: () => Promise<Result>,
  ): Promise<Result> {
    const startedAt = performance.now();
    const attributes = { 'autoclose.channel': name, 'autoclose.order_no': orderNo };
    return inSpan(`${name} ${operation}`, attributes, async (span) => {
      const result = await call();
      span.setAttributes({ 'autoclose.result': result.kind, 'autoclose.answer': result.answer });
      // A channel without a close was not asked.
      if (result.kind === 'unsupported') return result;
      const labels = { channel: name, operation, result: result.kind };
      metrics.channelCalls.observe(labels, (performance.now() - startedAt) / 1000);
      return result;
    });
  }

  return {
    ...channel,
    create: (order, payer) => measured('create', order, () => channel.create(order, payer)),
    query: (order) => measured('query', order, () => channel.query(order)),
    close: (order) => measured('close', order, () => channel.close(order)),
    cancel(order, refund) {
      const call = channel.cancel(order, refund);
      // What it cannot cancel it says at once, without a call.
      return call === null ? null : measured('cancel', order, () => call);
    },
    refund: (order, refund) => measured('refund', order, () => channel.refund(order, refund)),
    queryRefund: (order, refund) => measured('query_refund', order, () => channel.queryRefund(order, refund)),
    parseNotification(raw) {
      const parsed = channel.parseNotification(raw);
      if (parsed.kind === 'rejected') metrics.notifications.inc({ channel: name, outcome: 'rejected' });
      return parsed;
    },
  };
}
