import type { FastifyInstance } from 'fastify';
import { aboutChannels } from '../../channel/built-in/about.ts';
import type { BuiltInChannel, NotificationReply, RawNotification } from '../../channel/channel.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import { beginTrace } from '../../platform/log/trace.ts';
import { rawBodyOf } from '../raw-body.ts';

export interface NotifyDeps {
  log: Logger;
  /** Null if the channel is not configured. Throws if the notification could not be stored. */
  receiveNotification(channel: BuiltInChannel, raw: RawNotification): Promise<NotificationReply | null>;
}

/**
 * The channels' callbacks: `/notify/wechat_pay` and so on. Passes the body on byte for byte, because it is signed. Answers any
 * failure so that the channel retries.
 */
export async function notifyRoutes(app: FastifyInstance, deps: NotifyDeps): Promise<void> {
  for (const { name: channel, notifications } of aboutChannels) {
    /** A status of 5xx makes every channel send its notification again. */
    const notStored = { ...notifications.replies.failed, status: 500 };
    app.post(`/notify/${channel}`, async (request, reply) => {
      const log = deps.log.child({ channel });
      const received = await beginTrace(request.id, `POST /notify/${channel}`, () =>
        receive(channel, rawBodyOf(request.body), request.headers, log),
      );
      if (received === null) return reply.code(404).send({ error: 'not found' });
      const answer = received === 'failed' ? notStored : received;
      return reply
        .code(answer.status)
        .header('content-type', answer.contentType)
        .send(Buffer.from(answer.body));
    });
  }

  async function receive(
    channel: BuiltInChannel,
    body: ReturnType<typeof rawBodyOf>,
    headers: RawNotification['headers'],
    log: Logger,
  ): Promise<NotificationReply | 'failed' | null> {
    if (!Buffer.isBuffer(body)) {
      log.warn({ reason: body }, 'notification body unreadable');
      return 'failed';
    }
    try {
      return await deps.receiveNotification(channel, { headers, body });
    } catch (err) {
      log.error({ err: safeError(err) }, 'notification not stored');
      return 'failed';
    }
  }
}
