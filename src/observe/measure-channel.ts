import type { Channel } from '../channel/channel.ts';
import { type Around, withCalls } from '../channel/with-calls.ts';
import { inSpan } from '../platform/log/trace.ts';
import type { Metrics } from './metrics.ts';

/** Measures each call to a channel, and gives it a span. Wrapped by the guard: calls that the guard refuses do not count. */
export function measureChannel(channel: Channel, metrics: Metrics): Channel {
  const { name } = channel;

  const measured: Around = async (operation, { orderNo }, call) => {
    const startedAt = performance.now();
    const attributes = { 'autoclose.channel': name, 'autoclose.order_no': orderNo };
    return inSpan(`${name} ${operation}`, attributes, async (span) => {
      const result = await call();
      span.setAttributes({ 'autoclose.result': result.kind, 'autoclose.answer': result.answer });
      // The channel lacks the operation, so it was not called.
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
