import type { FastifyInstance, FastifyReply } from 'fastify';
import type { OrderNumbers } from '../../order/outcomes.ts';
import { rawBodyOf } from '../raw-body.ts';
import { type ApiDeps, answerCall } from './answer.ts';
import { failure, invalid } from './codes.ts';
import { type Answer, unsignedAnswer } from './generation.ts';
import { close, type Operation, pay } from './operations.ts';

/** True for everything that a merchant's client may call; there, HTTP's status is always 200. */
export function isApiPath(url: string): boolean {
  return /^\/(unipay|uni)(?![^/?])/.test(url);
}

/** DaxPay's unified-pay API. Bodies are RawBodies, read as JSON whatever their content type says. */
export async function apiRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.addHook('onRequest', async (request) => {
    delete request.raw.headers['content-type'];
  });
  serve('/unipay/pay', pay);
  serve('/unipay/close', close);

  function serve<Wish extends Partial<OrderNumbers>>(url: string, operation: Operation<Wish>): void {
    app.post(url, async (request, reply) => {
      const body = rawBodyOf(request.body);
      const answer = await answerCall(deps, operation, { body, socketIp: request.ip, traceId: request.id });
      return send(reply, answer);
    });
  }
}

/** No such path, or not by this method. */
export function answerUnknownPath(reply: FastifyReply): FastifyReply {
  return send(reply, unsignedAnswer(invalid('没有这个接口，请用 POST 请求'), reply.request.id));
}

/** The answer to a call that broke outside of its operation, without a word on why. */
export function answerBrokenCall(status: number, reply: FastifyReply): FastifyReply {
  const result = status < 500 ? invalid('无法识别的请求') : failure('unknown_error');
  return send(reply, unsignedAnswer(result, reply.request.id));
}

/** Sent as bytes, so that no charset is appended to the content type. */
function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .code(200)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(answer)));
}
