import type { FastifyInstance } from 'fastify';
import {
  type BuiltInChannel,
  channelNames,
  type NotificationReply,
  type RawNotification,
} from '../../channel/channel.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import { beginTrace } from '../../platform/log/trace.ts';
import { rawBodyOf } from '../raw-body.ts';

export interface NotifyDeps {
  log: Logger;
  /** Null if the channel is not configured. Throws if the notification could not be stored. */
  receiveNotification(channel: BuiltInChannel, raw: RawNotification): Promise<NotificationReply | null>;
}

/** What makes each channel send its notification again. */
const failures = {
  wechat_pay: {
    status: 500,
    contentType: 'application/json',
    body: '{"code":"FAIL","message":"not received"}',
  },
  ali_pay: { status: 500, contentType: 'text/plain', body: 'failure' },
  union_pay: { status: 500, contentType: 'text/plain', body: 'fail' },
} as const satisfies Record<BuiltInChannel, NotificationReply>;

/**
 * Where channels report payments: `/notify/wechat_pay`, `/notify/ali_pay`, `/notify/union_pay`. The body is handed on
 * byte for byte, since signatures are over it. Whatever goes wrong is answered as a failure, so that the channel repeats it.
 */
export async function notifyRoutes(app: FastifyInstance, deps: NotifyDeps): Promise<void> {
  for (const channel of channelNames) {
    app.post(`/notify/${channel}`, async (request, reply) => {
      const log = deps.log.child({ channel });
      const answer = await beginTrace(request.id, `POST /notify/${channel}`, () =>
        receive(channel, rawBodyOf(request.body), request.headers, log),
      );
      if (answer === null) return reply.code(404).send({ error: 'not found' });
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
  ): Promise<NotificationReply | null> {
    if (!Buffer.isBuffer(body)) {
      log.warn({ reason: body }, 'notification without a readable body');
      return failures[channel];
    }
    try {
      return await deps.receiveNotification(channel, { headers, body });
    } catch (err) {
      log.error({ err: safeError(err) }, 'notification not stored');
      return failures[channel];
    }
  }
}
