import { requestCancel, requestClose } from '../../../../src/order/requests/close-cancel-sync.ts';
import { ACTOR } from '../judge/judge.ts';
import type { Step } from '../world/stepper.ts';
import { finishAll } from './drain.ts';
import type { Life } from './life.ts';
import { layFault } from './moves.ts';
import { payBeforeClose, type Scene } from './scenes.ts';

/** Most creations go well: what comes after them is where the money is. */
const GOOD_STARTS = 0.7;
/** Share of orders that start with a close while a customer is paying. */
const SHOWDOWNS = 0.4;
/** Share of the orders that stay payable after a close, in which a customer then pays. */
const LATE_CUSTOMERS = 0.4;
/** Share of orders that start paid and are then cancelled. */
const GIVE_BACKS = 0.15;

/** How often the order's timer fires meanwhile. */
const HELD_ROUNDS = 8;

const trigger = { kind: 'api', actor: ACTOR, clientIp: null } as const;

/** Brings an order whose creation has started to its starting state. */
export async function reachStartingState(life: Life, scene: Scene | null): Promise<void> {
  const { dice } = life;
  if (scene !== null || dice.chance(GOOD_STARTS)) await finishAll(life);
  else await dice.pick([delayCreation, holdCreation, async () => {}])(life);
  const order = life.snapshot();
  if (scene !== null && (order?.payable === true || order?.paying === true)) {
    life.note(`scene: ${scene.play.name}`);
    return scene.play(life, order);
  }
  if (order?.state === 'NO_TRADE' && dice.chance(LATE_CUSTOMERS)) await comeLate(life);
  else if (dice.chance(SHOWDOWNS)) await showdown(life);
  else if (dice.chance(GIVE_BACKS)) await giveBack(life);
}

/** Runs up to the request that creates the order and returns that step; undefined if there is none. */
async function reachCreation({ lane, step }: Life): Promise<Step | undefined> {
  for (let [next] = lane.stepper.steps(); next !== undefined; [next] = lane.stepper.steps()) {
    if (next.canBeLate && next.what.endsWith('.create')) return next;
    await step(next);
  }
  return undefined;
}

/** The caller gives up on the create request, which still arrives later. */
async function delayCreation(life: Life): Promise<void> {
  const creation = await reachCreation(life);
  if (creation !== undefined) await life.step(creation, 'late');
}

/** The process pauses before that request while the order expires and other operations reach it. */
async function holdCreation(life: Life): Promise<void> {
  const { lane, dice } = life;
  const creation = await reachCreation(life);
  if (creation === undefined) return;
  const isHeld = () => lane.stepper.steps().includes(creation);
  await finishOthers();
  // Longer than a creation may be late, or until others have come to it.
  const isAlone = dice.chance(0.6);
  if (isAlone) await life.passTime(new Date(lane.clock.now().getTime() + dice.int(15_000, 39_000)));
  for (let rounds = 0; !isAlone && rounds < HELD_ROUNDS && isHeld(); rounds += 1) {
    const at = lane.timer.at();
    if (at === null) break;
    if (at > lane.clock.now()) await life.passTime(at);
    if (lane.timer.isDue()) await life.fireTimer();
    await finishOthers();
  }
  if (isHeld()) await life.step(creation);

  async function finishOthers(): Promise<void> {
    for (;;) {
      const steps = lane.stepper.steps().filter((step) => step !== creation);
      if (steps.length === 0) return;
      await life.step(dice.pick(steps));
    }
  }
}

/** A close starts while a customer holds the payment code. */
async function showdown(life: Life): Promise<void> {
  const { dice, lane } = life;
  Object.assign(life.weights, { pay: dice.pick([0.2, 0.5, 3]), kill: 0, leap: 0 });
  if (dice.chance(0.6)) await layFault(life, dice.pick(['close', 'query']));
  // A charge by the customer's code is reversed, and not at once.
  if (life.request.method === 'barcode')
    await life.passTime(new Date(lane.clock.now().getTime() + dice.int(14_000, 30_000)));
  await life.begin('close', () => requestClose(lane.deps, numbersOf(life), trigger));
  if (life.snapshot()?.paying === true && dice.chance(0.6)) await payBeforeClose(life, lane.orderNo() ?? '');
}

/** The order is closed, and a customer pays because the channel still allows it. */
async function comeLate(life: Life): Promise<void> {
  const { dice, lane } = life;
  const order = life.snapshot();
  if (order === null) return;
  const { control } = lane.simulator;
  if (dice.chance(0.3)) await life.passTime(new Date(order.expiresAt.getTime() - dice.int(500, 30_000)));
  await life.begin('close', () => requestClose(lane.deps, numbersOf(life), trigger));
  await finishAll(life);
  if (life.snapshot()?.payable !== true) return;
  await life.customer('begins to pay', () => control.beginPay(order.orderNo));
  if (dice.chance(0.3)) await life.passTime(new Date(order.expiresAt.getTime() + dice.int(500, 30_000)));
  await life.customer('types the password', () => control.finishPay(order.orderNo));
}

/** A paid order is cancelled, and the reply to the refund or cancel is faulty. */
async function giveBack(life: Life): Promise<void> {
  const { dice, lane } = life;
  const order = life.snapshot();
  if (order?.payable !== true) return;
  await life.customer('pays', () => lane.simulator.control.pay(order.orderNo));
  await finishAll(life);
  if (dice.chance(0.8)) await layFault(life, dice.pick(['refund', 'cancel', 'reverse', 'refund_query']));
  life.witness.cancelAsked();
  await life.begin('cancel', () => requestCancel(lane.deps, numbersOf(life), trigger));
}

const numbersOf = ({ request }: Life) => ({ orderNo: null, bizOrderNo: request.bizOrderNo });
