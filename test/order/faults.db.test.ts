import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { createOrder } from '../../src/order/create/create-order.ts';
import { isIn } from '../../src/order/lifecycle.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type { Fault } from '../../src/sandbox/simulator/exchange/faults.ts';
import type { Operation } from '../../src/sandbox/simulator/gateway/operations.ts';
import { withoutBreakers } from '../support/breakers.ts';
import { until } from '../support/until.ts';
import { createWorld, orderRequest, type World } from '../support/world.ts';

/**
 * Every gateway fault, at every operation of both channels: while it lasts there is no wrong decision, and
 * afterwards every order ends correctly.
 */
let world: World;
/** The same program with shorter timeouts. */
let hasty: App;
const HASTY_MS = 2_000;
beforeAll(async () => {
  world = await createWorld();
  hasty = await world.openApp({ CHANNEL_TIMEOUT_MS: String(HASTY_MS) });
  withoutBreakers(hasty);
  world.simulator.control.settings.refundSettlesAfterMs = 0;
  withoutBreakers(world.app);
});
afterAll(() => world.end());

const control = () => world.simulator.control;

const faults: Record<string, Fault> = {
  'reset before the effect': { kind: 'reset' },
  'reset after the effect': { kind: 'reset', when: 'after' },
  'lost answer': { kind: 'lost_reply' },
  'hang before the effect': { kind: 'hang' },
  'hang after the effect': { kind: 'hang', when: 'after' },
  'answer later than we wait': { kind: 'latency', ms: HASTY_MS + 500 },
  '500 JSON before the effect': { kind: 'status', status: 500 },
  '500 JSON after the effect': { kind: 'status', status: 500, when: 'after' },
  '502 HTML': { kind: 'status', status: 502, format: 'html' },
  '503 HTML after the effect': { kind: 'status', status: 503, format: 'html', when: 'after' },
  '404 HTML': { kind: 'status', status: 404, format: 'html' },
  '200 HTML': { kind: 'status', status: 200, format: 'html' },
  '302': { kind: 'status', status: 302 },
  'too many calls': { kind: 'rate_limited' },
  'too many calls, after the effect': { kind: 'rate_limited', when: 'after' },
  'customer is paying': { kind: 'user_paying' },
  'system error': { kind: 'unknown_error' },
  'system error after the effect': { kind: 'unknown_error', when: 'after' },
  'unlisted code': { kind: 'error', code: 'SOMETHING_NEW', status: 400 },
  'bad signature': { kind: 'bad_signature' },
  'no signature': { kind: 'missing_headers' },
  'deliberately wrong signature': { kind: 'signtest' },
  'clock of the channel off by an hour': { kind: 'timestamp_skew', seconds: 3_600 },
  'signed with an unknown key': { kind: 'unknown_serial' },
  'cut off body': { kind: 'truncated_body' },
  'wrong content type': { kind: 'wrong_content_type' },
  'stale read': { kind: 'stale_read' },
};

const facing = ({ kind }: Fault): App => (kind === 'hang' || kind === 'latency' ? hasty : world.app);

interface Scenario {
  channel: Chargeable;
  operation: Exclude<Operation, 'open' | 'certificates'>;
  paid: boolean;
  method: 'qrcode' | 'barcode';
}

const both = ['wechat_pay', 'ali_pay'] as const;
const scenarios: Scenario[] = both.flatMap((channel) => [
  ...([true, false] as const).flatMap((paid) =>
    (['query', 'close'] as const).map((operation) => ({
      channel,
      operation,
      paid,
      method: 'qrcode' as const,
    })),
  ),
  { channel, operation: 'refund', paid: true, method: 'qrcode' },
  { channel, operation: 'refund_query', paid: true, method: 'qrcode' },
  { channel, operation: channel === 'ali_pay' ? 'cancel' : 'reverse', paid: true, method: 'barcode' },
]);
const givesBack = new Set<Operation>(['refund', 'refund_query', 'cancel', 'reverse']);
const authCodes = { wechat_pay: '130000000000000001', ali_pay: '280000000000000001' };
type Chargeable = keyof typeof authCodes;

/** The invariants, for any behavior of the channel: compares the row with the gateway's own books. */
async function isNotWrong(order: PaymentOrder, what: string): Promise<PaymentOrder> {
  const row = await world.reload(order);
  const gateway = control().order(order.orderNo);
  const isPaid = gateway !== null && gateway.paidAt !== null;
  const payable = gateway?.payable === true && row.watchUntil === null;
  if (row.status === 'close') expect({ isPaid, payable }, what).toEqual({ isPaid: false, payable: false });
  if (row.status === 'success') expect(isPaid, what).toBe(true);
  if (row.status === 'cancel') expect(gateway?.refundedFen ?? 0, what).toBe(isPaid ? 100 : 0);
  expect(row.latePaidAt, what).toBeNull();
  return row;
}

/** Fires the order's timer until nothing is left to do. */
async function toTheEnd(order: PaymentOrder, what: string): Promise<PaymentOrder> {
  let row = await isNotWrong(order, what);
  for (let round = 0; row.nextCloseAt !== null && !isIn('last_look', row) && round < 6; round += 1) {
    await world.fire(order);
    row = await isNotWrong(order, what);
  }
  return row;
}

async function prepared({ channel, operation, paid, method }: Scenario): Promise<PaymentOrder> {
  const order = await world.create(channel, { method, authCode: authCodes[channel] });
  if (method === 'qrcode') await control().scan(order.orderNo);
  if (paid && method === 'qrcode') {
    control().notifications.drop(order.orderNo, 100);
    await control().pay(order.orderNo);
  }
  const long = new Date(Date.now() - 20_000);
  if (!givesBack.has(operation)) return world.edit(order, { expiresAt: long, nextCloseAt: long });
  if (method === 'qrcode') await world.sync(order);
  if (channel === 'ali_pay' && operation !== 'cancel') {
    const match = { operation: 'cancel', orderNo: order.orderNo } as const;
    control().addFault({ kind: 'error', status: 400, code: 'ACQ.TRADE_CANCEL_TIME_OUT', match });
  }
  await world.edit(order, { createAttemptedAt: long, ending: 'cancel', nextCloseAt: long });
  if (operation === 'refund_query') {
    const lost = control().addFault({
      kind: 'lost_reply',
      match: { operation: 'refund', orderNo: order.orderNo },
    });
    await world.fire(order);
    lost.remove();
  }
  return world.reload(order);
}

async function survives(name: string, fault: Fault, scenario: Scenario): Promise<void> {
  const { operation, paid } = scenario;
  const what = `${name} ${JSON.stringify(scenario)}`;
  const order = await prepared(scenario);
  const injected = control().addFault({ ...fault, match: { operation, orderNo: order.orderNo } });
  await world.fire(order, facing(fault));
  expect(injected.applied, what).toBeGreaterThan(0);
  await isNotWrong(order, what);
  injected.remove();

  const row = await toTheEnd(order, what);
  expect(row.status, what).toBe(givesBack.has(operation) ? 'cancel' : paid ? 'success' : 'close');
  expect(row, what).toMatchObject({ watchUntil: null, leaseToken: null });
  expect(row.nextCloseAt === null || isIn('last_look', row), what).toBe(true);
  const final = (await world.records(order)).filter(({ outcome }) => outcome === 'closed');
  expect(final.length, what).toBe(row.status === 'close' ? 1 : 0);
  const refunds = await world.refunds(order);
  expect(refunds, what).toMatchObject(row.status === 'cancel' ? [{ state: 'done' }] : []);
}

let creations = 0;
/** The creation meets the fault; some customers still pay, if the gateway knows the order. */
async function creationSurvives(
  name: string,
  fault: Fault,
  channel: Chargeable,
  pays: boolean,
): Promise<void> {
  const what = `${name} ${channel} create ${pays}`;
  creations += 1;
  const bizOrderNo = `created-${creations}`;
  const injected = control().addFault({ ...fault, match: { channel, operation: 'create', times: 1 } });
  await createOrder(facing(fault).deps, orderRequest(channel, bizOrderNo));
  expect(injected.applied, what).toBe(1);
  injected.remove();
  const order = await world.app.deps.store.findByBizOrderNo(bizOrderNo);
  if (order === null) throw new Error('the order was lost');
  // A late creation takes effect after our timeout; the real waits are longer than any creation.
  const asked = { operation: 'create', orderNo: order.orderNo } as const;
  await until('the gateway is done with it', () => control().log(asked).length > 0);
  await isNotWrong(order, what);
  const known = control().order(order.orderNo) !== null;
  if (known) {
    control().notifications.drop(order.orderNo, 100);
    await control().scan(order.orderNo);
    if (pays) await control().pay(order.orderNo);
  }
  const longAgo = new Date(Date.now() - 3 * 3_600_000);
  await world.edit(order, { createAttemptedAt: longAgo, expiresAt: longAgo, nextCloseAt: longAgo });
  const row = await toTheEnd(order, what);
  expect(row.status, what).toBe(known && pays ? 'success' : 'close');
}

/** "Customer is paying" only applies to a close; for a refund, that code is a refusal that needs a person. */
function appliesTo({ kind }: Fault, operation: Operation): boolean {
  if (kind === 'stale_read') return operation === 'query' || operation === 'refund_query';
  return kind !== 'user_paying' || operation === 'close';
}

test.each(Object.entries(faults))(
  '%s: no wrong decision, and every order ends as it should',
  async (name, fault) => {
    if (appliesTo(fault, 'create')) {
      for (const pays of [true, false]) {
        await Promise.all(both.map((channel) => creationSurvives(name, fault, channel, pays)));
      }
    }
    const fitting = scenarios.filter(({ operation }) => appliesTo(fault, operation));
    await Promise.all(fitting.map((scenario) => survives(name, fault, scenario)));
  },
  120_000,
);
