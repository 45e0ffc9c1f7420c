import type { WireRequest } from '../exchange/wire.ts';
import { asText, type JsonObject, parseJsonObject } from '../format/json-object.ts';
import type { Answer } from '../gateway/call.ts';
import type { Operation } from '../gateway/operations.ts';
import type { Staleness } from '../gateway/versioned.ts';
import { bare } from './calls/answers.ts';
import { closeOrder } from './calls/close.ts';
import { chargeCode } from './calls/code-pay.ts';
import { createOrder } from './calls/create.ts';
import { queryCertificates, queryOrder, queryTransaction } from './calls/query.ts';
import { createRefund, orderNoOfTransaction, queryRefund, refundedOrderNo } from './calls/refunds.ts';
import { reverseOrder } from './calls/reverse.ts';
import type { PrepaidKind } from './kinds.ts';
import type { World } from './world.ts';

/** A matched endpoint. */
export interface Route {
  operation: Operation | null;
  orderNo: string | null;
  perform(staleness: Staleness | null): Answer;
}

interface Endpoint {
  method: 'GET' | 'POST';
  path: RegExp;
  operation: Operation;
  /** The order of the request. `id` is the path's captured group. */
  orderNo(world: World, id: string, body: JsonObject): string | null;
  perform(world: World, input: Input): Answer;
}

interface Input {
  id: string;
  query: URLSearchParams;
  body: JsonObject;
  staleness: Staleness | null;
}

const byPath = (_world: World, id: string) => id;
const nobody = () => null;
const byBody = (_world: World, _id: string, body: JsonObject) => asText(body.out_trade_no);

const creation = (kind: PrepaidKind): Endpoint => ({
  method: 'POST',
  path: new RegExp(`^/v3/pay/transactions/${kind}$`),
  operation: 'create',
  orderNo: byBody,
  perform: (world, { body }) => createOrder(world, kind, body),
});

/** The simulated endpoints of API v3. */
const endpoints: readonly Endpoint[] = [
  creation('native'),
  creation('jsapi'),
  creation('app'),
  creation('h5'),
  {
    method: 'POST',
    path: /^\/v3\/pay\/transactions\/codepay$/,
    operation: 'create',
    orderNo: byBody,
    perform: (world, { body }) => chargeCode(world, body),
  },
  {
    method: 'GET',
    path: /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)$/,
    operation: 'query',
    orderNo: byPath,
    perform: (world, { id, query, staleness }) => queryOrder(world, id, query, staleness),
  },
  {
    method: 'GET',
    path: /^\/v3\/pay\/transactions\/id\/([^/]+)$/,
    operation: 'query',
    orderNo: orderNoOfTransaction,
    perform: (world, { id, query, staleness }) => queryTransaction(world, id, query, staleness),
  },
  {
    method: 'POST',
    path: /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/close$/,
    operation: 'close',
    orderNo: byPath,
    perform: (world, { id, body }) => closeOrder(world, id, body),
  },
  {
    method: 'POST',
    path: /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/reverse$/,
    operation: 'reverse',
    orderNo: byPath,
    perform: (world, { id, body }) => reverseOrder(world, id, body),
  },
  {
    method: 'POST',
    path: /^\/v3\/refund\/domestic\/refunds$/,
    operation: 'refund',
    orderNo: (world, _id, body) => refundedOrderNo(world, body),
    perform: (world, { body }) => createRefund(world, body),
  },
  {
    method: 'GET',
    path: /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/,
    operation: 'refund_query',
    orderNo: (world, id) => world.wechat.refunds.get(id)?.orderNo ?? null,
    perform: (world, { id }) => queryRefund(world, id),
  },
  {
    method: 'GET',
    path: /^\/v3\/certificates$/,
    operation: 'certificates',
    orderNo: nobody,
    perform: (world) => queryCertificates(world),
  },
];

/** Finds the endpoint; a wrong path answers 404 and a wrong method 405, both without a body. */
export function route(world: World, request: WireRequest): Route {
  const { path, method, query } = request;
  const onPath = endpoints.filter((endpoint) => endpoint.path.test(path));
  const endpoint = onPath.find((candidate) => candidate.method === method);
  if (endpoint === undefined) {
    return { operation: null, orderNo: null, perform: () => bare(onPath.length === 0 ? 404 : 405) };
  }
  const id = decodePart(endpoint.path.exec(path)?.[1] ?? '');
  const body = parseJsonObject(request.body.toString()) ?? {};
  return {
    operation: endpoint.operation,
    orderNo: endpoint.orderNo(world, id, body),
    perform: (staleness) => endpoint.perform(world, { id, query, body, staleness }),
  };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
