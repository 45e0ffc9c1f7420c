import type { Channel } from '../channel/channel.ts';
import { type Around, withCalls } from '../channel/with-calls.ts';
import { inSpan } from '../platform/log/trace.ts';
import type { Metrics } from './metrics.ts';

/**
 * A channel, with each call that reaches it measured and in a span of its own. Inside of the guard: a call that the
 * guard refuses is none.
 */
export function measureChannel(channel: Channel, metrics: Metrics): Channel {
  const { name } = channel;

  const measured: Around = async (operation, { orderNo }, call) => {
    const startedAt = performance.now();
    const attributes = { 'autoclose.channel': name, 'autoclose.order_no': orderNo };
    return inSpan(`${name} ${operation}`, attributes, async (span) => {
      const result = await call();
      span.setAttributes({ 'autoclose.result': result.kind, 'autoclose.answer': result.answer });
      // What a channel does not have it was not asked for.
      if (result.kind === 'unsupported' || result.kind === 'not_cancellable') return result;
      const labels = { channel: name, operation, result: result.kind };
      metrics.channelCalls.observe(labels, (performance.now() - startedAt) / 1000);
      return result;
    });
  };

  return {
    ...channel,
    ...withCalls(channel, measured),
    parseNotification(raw) {
      const parsed = channel.parseNotification(raw);
      if (parsed.kind === 'rejected') metrics.notifications.inc({ channel: name, outcome: 'rejected' });
      return parsed;
    },
  };
}
