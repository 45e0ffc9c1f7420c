import { setTimeout as wait } from 'node:timers/promises';
import { AutocloseError, type CreateRequest, type Result } from '../../../../src/client/client.ts';
import { NotPayable, type OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { CustomerAct, MerchantAct, OrderPlan, When } from '../plan/order-plan.ts';
import type { Scene } from '../scene.ts';

const CREATE_AGAIN_MS = 300;
const LOOK_EVERY_MS = 200;

/** Resolves when the caller may begin; the result is to be called when it has. */
export type Gate = () => Promise<() => void>;

/** Lets so many begin at once: a slow machine makes the storm longer, not one of nothing but timeouts. */
export function openGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let free = width;
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
}

/** What the merchant and the customer have learned of an order. */
export interface Life {
  plan: OrderPlan;
  /** The gateway's order, once it has been seen there. */
  orderNo: string | null;
  /** The API has answered that it made this order. */
  created: boolean;
  /** The API has answered that it is closed, or cancelled: this must stay true. */
  closed: boolean;
  cancelled: boolean;
  /** A cancel was requested, with any answer: its money may be refunded. */
  cancelAsked: boolean;
  payBody: string | null;
}

/** Lives through one order's plan, to the end of it. `admit` says when it may begin. */
export async function live(scene: Scene, plan: OrderPlan, admit: Gate): Promise<Life> {
  const life: Life = {
    plan,
    orderNo: null,
    created: false,
    closed: false,
    cancelled: false,
    cancelAsked: false,
    payBody: null,
  };
  await wait(plan.createAtMs);
  const leave = await admit();
  const createdAt = Date.now();
  // Channels take whole seconds.
  const expiresAt = Math.ceil((createdAt + plan.expiresInMs) / 1_000) * 1_000;
  const until = ({ from, ms }: When) =>
    wait(Math.max(0, (from === 'creation' ? createdAt : expiresAt) + ms - Date.now()));

  const creating = create(scene, life, expiresAt).finally(leave);
  const acting = plan.acts.map(async (act) => {
    if ('during' in act) return duringRequest(scene, life, act);
    await until(act.when);
    if (act.who === 'merchant') return asMerchant(scene, life, act.does, expiresAt);
    // Nobody can pay with nothing.
    await creating;
    return asCustomer(scene, life, act.does);
  });
  await Promise.all([creating, ...acting]);
  return life;
}

/** As a merchant's system does: again and again until there is an answer, or it is too late. */
async function create(scene: Scene, life: Life, expiresAt: number): Promise<void> {
  while (!life.created && Date.now() < expiresAt) {
    const refused = await asMerchant(scene, life, 'creates again', expiresAt);
    if (refused && life.plan.method === 'barcode') return;
    await wait(CREATE_AGAIN_MS);
  }
}

/** True: it was refused. */
async function asMerchant(
  { merchant, events, accusations }: Scene,
  life: Life,
  does: MerchantAct,
  expiresAt: number,
): Promise<boolean> {
  const { plan } = life;
  const client = merchant.client(plan.generation);
  const note = (what: string) => events.note(plan.index, `merchant ${does}: ${what}`);
  const numbers = { bizOrderNo: plan.bizOrderNo };
  if (does === 'cancels') life.cancelAsked = true;
  try {
    const result: Result = await {
      'creates again': async () => {
        const made = await client.create(requestOf(plan, expiresAt, merchant.notifyUrl(plan.index)));
        if (made.ok) Object.assign(life, { created: true, payBody: made.payBody ?? life.payBody });
        return made;
      },
      closes: () => client.close(numbers),
      cancels: () => client.cancel(numbers),
      syncs: () => client.sync(numbers),
    }[does]();
    note(result.ok ? JSON.stringify({ ...result, payBody: undefined }) : `${result.code} ${result.message}`);
    if (result.ok && does === 'closes') life.closed = true;
    if (result.ok && does === 'cancels') life.cancelled = true;
    return !result.ok;
  } catch (error) {
    // Nobody answers, or nobody knows: as in life.
    if (!(error instanceof AutocloseError)) throw error;
    if (error.kind === 'signature') accusations.push(`${plan.bizOrderNo}: ${does}: the answer is not signed`);
    note(`no answer (${error.kind}: ${error.message})`);
    return false;
  }
}

function requestOf(plan: OrderPlan, expiresAt: number, notifyUrl: string): CreateRequest {
  const { bizOrderNo, channel, method, amountFen, index } = plan;
  const authCode = `${channel === 'ali_pay' ? '28' : '13'}${String(index).padStart(16, '0')}`;
  return {
    bizOrderNo,
    channel,
    method,
    amountFen,
    title: `storm ${index}`,
    expiresAt: new Date(expiresAt),
    clientIp: '203.0.113.7',
    ...(plan.wantsNotices ? { notifyUrl } : {}),
    ...(method === 'barcode' ? { authCode } : {}),
    ...(method === 'jsapi' ? { openId: `oCustomer-${index}` } : {}),
    ...(method === 'wap' ? { returnUrl: 'https://shop.example/back' } : {}),
  };
}

/** The gateway's order, known by its amount; null while there is none. */
function orderAtChannel({ simulator }: Scene, life: Life): OrderSnapshot | null {
  const { control } = simulator;
  if (life.orderNo !== null) return control.order(life.orderNo);
  const found = control.orders().find(({ amountFen }) => amountFen === life.plan.amountFen) ?? null;
  life.orderNo = found?.orderNo ?? null;
  return found;
}

/** The customer can do only what the gateway and the merchant's answer let them do. */
async function asCustomer(scene: Scene, life: Life, does: CustomerAct): Promise<void> {
  const { control } = scene.simulator;
  const { plan, payBody } = life;
  const note = (what: string) => scene.events.note(plan.index, `customer ${does}: ${what}`);
  try {
    let order = orderAtChannel(scene, life);
    const isLink = plan.channel === 'ali_pay' && (plan.method === 'wap' || plan.method === 'app');
    if (order === null && isLink && payBody) {
      await control.open(payBody);
      order = orderAtChannel(scene, life);
    }
    if (order === null || (payBody === null && plan.method !== 'barcode'))
      return note('has nothing to pay with');
    await {
      scans: control.scan,
      'begins to pay': control.beginPay,
      'types the password': control.finishPay,
      'gives up': (orderNo: string) => control.finishPay(orderNo, false),
      pays: control.pay,
    }[does](order.orderNo);
    note('done');
  } catch (error) {
    if (!(error instanceof NotPayable)) throw error;
    note(error.message);
  }
}

/** Waits for the order, then for our request; if none comes, nothing happens. */
async function duringRequest(
  scene: Scene,
  life: Life,
  act: Extract<OrderPlan['acts'][number], { during: unknown }>,
): Promise<void> {
  const { control } = scene.simulator;
  const endsAt = Date.now() + life.plan.expiresInMs;
  let order = orderAtChannel(scene, life);
  while (order === null && Date.now() < endsAt) {
    await wait(LOOK_EVERY_MS);
    order = orderAtChannel(scene, life);
  }
  if (order === null) return;
  scene.events.note(
    life.plan.index,
    `customer ${act.does} ${act.moment} the effect of the next ${act.during}`,
  );
  control[act.moment](act.during, order.orderNo, () => asCustomer(scene, life, act.does));
}
