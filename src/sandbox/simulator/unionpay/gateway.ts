import type { Distortion } from '../exchange/faults.ts';
import type { WireReply, WireRequest } from '../exchange/wire.ts';
import type { Answer, Call } from '../gateway/call.ts';
import type { Operation } from '../gateway/operations.ts';
import type { Staleness } from '../gateway/versioned.ts';
import { createCode } from './calls/create.ts';
import { giveBack } from './calls/give-back.ts';
import { queryTransaction } from './calls/query.ts';
import { bareStatus, respond, scripted } from './calls/results.ts';
import { type Fields, isSignedBy, signed } from './signing.ts';
import type { World } from './world.ts';

interface Route {
  operation: Operation | null;
  orderNo: string | null;
  perform(staleness: Staleness | null): Answer;
}

/** UnionPay's ACP gateway, version 5.1.0: a form in, `k=v&k=v` out, both signed. */
export function understandUnionpay(world: World, request: WireRequest): Call {
  const fields = Object.fromEntries(new URLSearchParams(request.body.toString()));
  const { operation, orderNo, perform } = route(world, request.path, fields);
  const refusal = distrust(world, fields);
  return {
    channel: 'union_pay',
    protocol: 'unionpay-5.1.0',
    operation,
    orderNo,
    verified: refusal ?? 'ok',
    perform: (staleness) =>
      operation === null || refusal === null ? perform(staleness) : respond(fields, refusal),
    script: (fault) => scripted(fields, operation === 'query' || operation === 'refund_query', fault),
    render: (answer, distortion) => render(world, answer, distortion),
  };
}

function route(world: World, path: string, fields: Fields): Route {
  const { orders, giveBacks } = world.unionpay;
  const { orderId = '', txnType, txnSubType } = fields;
  const original = () => {
    const found = [...orders.values()].find(({ current }) => current.queryId === fields.origQryId);
    return found?.current.orderNo ?? fields.origOrderId ?? null;
  };
  if (path === '/gateway/api/queryTrans.do') {
    const orderNo = giveBacks.get(orderId)?.orderNo;
    return {
      operation: orderNo === undefined ? 'query' : 'refund_query',
      orderNo: orderNo ?? orderId,
      perform: (staleness) => queryTransaction(world, fields, staleness),
    };
  }
  if (path !== '/gateway/api/backTransReq.do') {
    return { operation: null, orderNo: null, perform: () => bareStatus(404) };
  }
  if (txnType === '01' && txnSubType === '07') {
    return { operation: 'create', orderNo: orderId, perform: () => createCode(world, fields) };
  }
  if (txnType === '31' || txnType === '04') {
    const operation = txnType === '31' ? 'cancel' : 'refund';
    return { operation, orderNo: original(), perform: () => giveBack(world, txnType, fields) };
  }
  return { operation: null, orderNo: orderId, perform: () => respond(fields, '32') };
}

/** Null if the merchant's signature is valid, else the answer's code. */
function distrust(world: World, fields: Fields): string | null {
  const { merId, certId, merchant } = world.keys.unionpay;
  if (fields.merId !== merId) return '31';
  if (fields.version !== '5.1.0' || fields.signMethod !== '01' || fields.encoding !== 'UTF-8') return '10';
  return fields.certId === certId && isSignedBy(fields, merchant.publicKey) ? null : '11';
}

/** The fields as unencoded text: a certificate spans lines. */
function render(world: World, answer: Answer, distortion: Distortion | null): WireReply {
  const headers = { 'Content-Type': 'text/html;charset=UTF-8' };
  if (!answer.signed) return { status: answer.status, headers, body: Buffer.from(answer.body) };
  const fields: Fields = JSON.parse(answer.body);
  const text = Object.entries(signed(world.keys, fields, distortion)).map(
    ([name, value]) => `${name}=${value}`,
  );
  return { status: answer.status, headers, body: Buffer.from(text.join('&')) };
}
