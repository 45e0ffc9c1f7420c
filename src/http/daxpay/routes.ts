import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { stringify } from 'lossless-json';
import type { OrderNumbers } from '../../order/outcomes.ts';
import { beginTrace } from '../../platform/log/trace.ts';
import { rawBodyOf } from '../raw-body.ts';
import { shortTraceId } from '../trace-id.ts';
import { failure, invalid } from './answer/codes.ts';
import { type ApiDeps, answerCall } from './answer.ts';
import { type Answer, unsignedAnswer } from './generations/generation.ts';
import { cancel, close, type Operation, pay, query, sync } from './operations.ts';
import { createRateLimit } from './rate-limit.ts';

/** True for the paths of the merchants' API, where the HTTP status is always 200. */
export function isApiPath(url: string): boolean {
  return /^\/(unipay|uni)(?![^/?])/.test(url);
}

/** DaxPay's unified-pay API, on the paths of generations 2.0.5 to 3.0. Bodies are parsed as JSON whatever the content type. */
export async function apiRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.addHook('onRequest', async (request) => {
    delete request.raw.headers['content-type'];
  });
  const isWithinLimit = createRateLimit(deps.settings.rateLimitPerMinute ?? 0);
  serve(['/unipay/pay', '/unipay/simplePay'], pay);
  serve(['/unipay/close'], close);
  serve(['/unipay/cancel'], cancel);
  serve(['/unipay/query/payOrder', '/uni/query/payOrder'], query);
  serve(['/unipay/syncPay', '/unipay/sync/pay', '/unipay/sync/order/pay'], sync);

  function serve<Params extends Partial<OrderNumbers>>(paths: string[], operation: Operation<Params>): void {
    for (const path of paths) {
      app.post(path, async (request, reply) => {
        const { id: traceId } = request;
        const socketIp = callerOf(request);
        const body = rawBodyOf(request.body);
        const withinLimit = isWithinLimit(socketIp, deps.clock.now().getTime());
        const call = { path, body, socketIp, withinLimit, traceId };
        return send(
          reply,
          await beginTrace(traceId, `POST ${path}`, () => answerCall(deps, operation, call)),
        );
      });
    }
  }
}

/** The address reported by our own proxy, if it is valid. */
function callerOf({ ip, socket }: FastifyRequest): string {
  return isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip;
}

/** For an unknown path or method. */
export function answerUnknownPath(reply: FastifyReply): FastifyReply {
  return send(reply, unsignedAnswer(invalid('没有这个接口，请用 POST 请求'), shortTraceId(reply.request.id)));
}

/** The answer if a call fails outside its operation, without details. */
export function answerBrokenCall(status: number, reply: FastifyReply): FastifyReply {
  const result = status < 500 ? invalid('无法识别的请求') : failure('unknown_error');
  return send(reply, unsignedAnswer(result, shortTraceId(reply.request.id)));
}

/** Sent as bytes, so that no charset is appended to the content type. */
function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .code(200)
    .header('content-type', 'application/json')
    .send(Buffer.from(stringify(answer) ?? ''));
}
