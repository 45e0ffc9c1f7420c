import type { Hold } from '../exchange/staging.ts';
import { asText, type JsonObject } from '../format/json-object.ts';
import { type Moment, type Operation, operations } from '../gateway/operations.ts';
import { defaultSettings, type Settings } from '../simulators.ts';
import type { Control } from './control.ts';
import { readFault } from './fault-json.ts';

interface ControlEndpoint {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  run(request: ControlRequest): unknown;
}

/** A parsed control request. */
export interface ControlRequest {
  control: Control;
  /** The configuration for a test process. */
  env: Record<string, string>;
  /** Holds created over HTTP, by id. */
  holds: Map<string, Hold>;
  /** The path's captured groups. */
  parts: string[];
  query: URLSearchParams;
  body: JsonObject;
}

const customerActs = ['scan', 'beginPay', 'finishPay', 'pay', 'refund', 'finish', 'codePay'] as const;
const faultyDeliveries = ['drop', 'dup', 'tamper', 'badAad', 'badSignature', 'signtest'] as const;

/** The functions of `Control` over HTTP. */
export const controlEndpoints: readonly ControlEndpoint[] = [
  { method: 'GET', path: /^\/config$/, run: ({ env }) => env },
  { method: 'POST', path: /^\/reset$/, run: ({ control }) => control.reset() },
  { method: 'GET', path: /^\/clock$/, run: ({ control }) => ({ now: control.clock.now() }) },
  {
    method: 'POST',
    path: /^\/clock\/advance$/,
    async run({ control, body }) {
      await control.clock.advance(number(body.ms, 'ms'));
      return { now: control.clock.now() };
    },
  },
  {
    method: 'POST',
    path: /^\/settings$/,
    run: ({ control, body }) => Object.assign(control.settings, readSettings(body)),
  },
  {
    method: 'POST',
    path: /^\/open$/,
    run: async ({ control, body }) => known(control, [await control.open(required(body.link, 'link'))]),
  },
  { method: 'GET', path: /^\/orders$/, run: ({ control }) => control.orders() },
  { method: 'GET', path: /^\/orders\/([^/]+)$/, run: ({ control, parts }) => known(control, parts) },
  {
    method: 'DELETE',
    path: /^\/orders\/([^/]+)$/,
    run: ({ control, parts: [orderNo = ''] }) => control.forget(orderNo),
  },
  {
    method: 'POST',
    path: /^\/orders\/([^/]+)\/(\w+)$/,
    async run({ control, parts, body }) {
      const [orderNo = ''] = parts;
      const act = oneOf(customerActs, parts[1], 'act');
      if (act === 'finishPay') await control.finishPay(orderNo, body.ok !== false);
      else if (act === 'refund' && body.amountFen !== undefined) {
        await control.refund(orderNo, number(body.amountFen, 'amountFen'));
      } else await control[act](orderNo);
      return known(control, parts);
    },
  },
  { method: 'POST', path: /^\/faults$/, run: ({ control, body }) => control.addFault(readFault(body)) },
  { method: 'GET', path: /^\/faults$/, run: ({ control }) => control.faults() },
  { method: 'DELETE', path: /^\/faults$/, run: ({ control }) => control.clearFaults() },
  {
    method: 'POST',
    path: /^\/hooks$/,
    run({ control, body }) {
      const act = oneOf(customerActs, body.act, 'act');
      const orderNo = required(body.orderNo, 'orderNo');
      const stage = moment(body.when) === 'before' ? control.before : control.after;
      stage(operation(body.operation), orderNo, () => control[act](orderNo)).ran.catch(() => {});
    },
  },
  {
    method: 'POST',
    path: /^\/holds$/,
    run({ control, holds, body }) {
      const id = String(holds.size + 1);
      holds.set(id, control.hold(operation(body.operation), asText(body.orderNo), moment(body.when)));
      return { id };
    },
  },
  {
    // Answers when a request has reached the hold.
    method: 'GET',
    path: /^\/holds\/(\d+)$/,
    async run({ holds, parts }) {
      await held(holds, parts).arrived;
      return { arrived: true };
    },
  },
  { method: 'DELETE', path: /^\/holds\/(\d+)$/, run: ({ holds, parts }) => held(holds, parts).release() },
  {
    // Answers when the next such request has been answered.
    method: 'GET',
    path: /^\/seen$/,
    run: ({ control, query }) =>
      control.seen(operation(query.get('operation')), query.get('orderNo') ?? undefined),
  },
  {
    method: 'GET',
    path: /^\/log$/,
    run({ control, query }) {
      const orderNo = query.get('orderNo');
      const asked = query.get('operation');
      return control.log({
        ...(orderNo === null ? {} : { orderNo }),
        ...(asked === null ? {} : { operation: operation(asked) }),
      });
    },
  },
  { method: 'POST', path: /^\/notify\/flush$/, run: ({ control }) => control.notifications.flush() },
  {
    method: 'POST',
    path: /^\/notify\/resend$/,
    run: ({ control, body }) => control.notifications.resend(required(body.orderNo, 'orderNo')),
  },
  {
    method: 'POST',
    path: /^\/notify\/delay$/,
    run: ({ control, body }) =>
      control.notifications.delay(asText(body.orderNo) ?? undefined, number(body.ms, 'ms')),
  },
  {
    method: 'POST',
    path: /^\/notify\/reorder$/,
    run: ({ control, body }) => control.notifications.reorder(number(body.count, 'count')),
  },
  {
    method: 'POST',
    path: /^\/notify\/(\w+)$/,
    run({ control, parts, body }) {
      const count = body.count === undefined ? 1 : number(body.count, 'count');
      control.notifications[oneOf(faultyDeliveries, parts[0], 'fault')](
        asText(body.orderNo) ?? undefined,
        count,
      );
    },
  },
  {
    method: 'GET',
    path: /^\/notify\/deliveries$/,
    run: ({ control, query }) => control.notifications.deliveries(query.get('orderNo') ?? undefined),
  },
  {
    // Answers when the delivery has happened.
    method: 'GET',
    path: /^\/notify\/delivered$/,
    run({ control, query }) {
      const status = query.get('status');
      return control.notifications.delivered(required(query.get('orderNo'), 'orderNo'), {
        count: Number(query.get('count') ?? 1),
        ...(status === null ? {} : { status: Number(status) }),
      });
    },
  },
];

function known(control: Control, [orderNo = '']: string[]) {
  const order = control.order(orderNo);
  if (order === null) throw new Error(`no gateway has order ${orderNo}`);
  return order;
}

function held(holds: ControlRequest['holds'], [id = '']: string[]) {
  const hold = holds.get(id);
  if (hold === undefined) throw new Error(`no hold ${id}`);
  return hold;
}

function readSettings(body: ControlRequest['body']): Partial<Settings> {
  const types = new Map(Object.entries(defaultSettings).map(([key, value]) => [key, typeof value]));
  const wrong = Object.keys(body).find((key) => typeof body[key] !== types.get(key));
  if (wrong !== undefined) throw new Error(`no such setting: ${wrong} = ${JSON.stringify(body[wrong])}`);
  return body;
}

function operation(value: unknown): Operation {
  return oneOf(operations, value, 'operation');
}

function moment(value: unknown): Moment {
  return oneOf(['before', 'after'], value, 'when');
}

function required(value: unknown, name: string): string {
  const text = asText(value);
  if (text === null) throw new Error(`${name} is missing`);
  return text;
}

function number(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${name} is not a number`);
  return value;
}

function oneOf<const T extends string>(allowed: readonly T[], value: unknown, name: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`${name} must be one of ${allowed.join(', ')}`);
  return found;
}
