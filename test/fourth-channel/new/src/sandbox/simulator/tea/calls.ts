import { header, type WireRequest } from '../exchange/wire.ts';
import { asText, type JsonObject, parseJsonObject } from '../format/json-object.ts';
import type { Answer, Call } from '../gateway/call.ts';
import type { Operation } from '../gateway/operations.ts';
import { change, versioned } from '../gateway/versioned.ts';
import { nowMs } from '../world.ts';
import { messageOf, signatureOf } from './order.ts';
import type { World } from './world.ts';

const operations: Record<string, Operation> = {
  '/tea/create': 'create',
  '/tea/query': 'query',
  '/tea/close': 'close',
  '/tea/refund': 'refund',
  '/tea/refund-query': 'refund_query',
};

const says = (body: object, signed = true): Answer => ({
  status: 200,
  code: null,
  body: JSON.stringify(body),
  signed,
});

/** `POST /tea/*`: JSON in and out, an HMAC of the body in a header. */
export function understandTea(world: World, request: WireRequest): Call {
  const { shopNo, secret } = world.keys.tea;
  const text = request.body.toString();
  const body = parseJsonObject(text) ?? {};
  const operation = operations[request.path] ?? null;
  const isOurs = header(request, 'x-tea-signature') === signatureOf(text, secret) && body.shopNo === shopNo;
  return {
    channel: 'tea_pay',
    protocol: 'tea-1',
    operation,
    orderNo: asText(body.orderNo),
    verified: isOurs ? 'ok' : 'not signed',
    perform: () => (isOurs ? perform(world, operation, body) : says({ state: 'STRANGER' })),
    script: (fault) => says({ state: fault.kind === 'error' ? fault.code : 'FAILED' }),
    render(answer, distortion) {
      const key = distortion?.kind === 'bad_signature' ? 'of a stranger' : secret;
      const headers = {
        'content-type': 'application/json',
        'x-tea-signature': signatureOf(answer.body, key),
      };
      return { status: answer.status, headers, body: Buffer.from(answer.body) };
    },
  };
}

function perform(world: World, operation: Operation | null, body: JsonObject): Answer {
  const orderNo = asText(body.orderNo) ?? '';
  const { orders } = world.tea;
  if (operation === 'create' && !orders.has(orderNo)) {
    const order = {
      orderNo,
      state: 'UNPAID',
      amountFen: Number(body.amountFen),
      notifyUrl: asText(body.notifyUrl) ?? '',
      createdAt: nowMs(world),
      expiresAt: Date.parse(String(body.expiresAt)),
      tradeNo: null,
      paidAt: null,
    } as const;
    orders.set(orderNo, versioned(order));
  }
  const entry = orders.get(orderNo);
  if (entry === undefined) return says({ state: 'NONE' });
  const { state } = entry.current;
  if (operation === 'close' && state === 'UNPAID') change(entry, nowMs(world), { state: 'CLOSED' });
  if (operation === 'refund' && state === 'PAID') change(entry, nowMs(world), { state: 'REFUNDED' });
  return says({ ...messageOf(entry.current), code: `tea://${orderNo}` });
}
