import { asChannelOrder } from '../../../../src/order/order.ts';
import { requestCancel, requestClose } from '../../../../src/order/requests/close-cancel-sync.ts';
import type { Fault } from '../../../../src/sandbox/simulator/exchange/faults.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import { ACTOR } from '../judge/judge.ts';
import type { Life } from './life.ts';

/** What scenes are made of. Each resolves when everything has come to a stand again. */
export const trigger = { kind: 'api', actor: ACTOR, clientIp: null } as const;

export function emptyQueue({ lane, witness, note, counts }: Life): void {
  counts.faults += 1;
  note('the queue is emptied');
  witness.timerMayBeLost();
  lane.timer.lose();
}

export async function close(life: Life): Promise<void> {
  const numbers = { orderNo: null, bizOrderNo: life.request.bizOrderNo };
  await life.begin('close', () => requestClose(life.lane.deps, numbers, trigger));
}

export async function cancel(life: Life): Promise<void> {
  const numbers = { orderNo: null, bizOrderNo: life.request.bizOrderNo };
  life.witness.cancelAsked();
  await life.begin('cancel', () => requestCancel(life.lane.deps, numbers, trigger));
}

export async function pay(life: Life, { orderNo }: OrderSnapshot): Promise<void> {
  await life.customer('pays', () => life.lane.simulator.control.pay(orderNo));
}

export async function payUnheard(life: Life, order: OrderSnapshot): Promise<void> {
  await pay(life, order);
  if (life.lane.inbox.waiting.length > 0) await life.deliver('lost');
}

export function lay(life: Life, fault: Fault): void {
  life.note(`fault laid out: ${JSON.stringify({ ...fault, match: { ...fault.match, orderNo: undefined } })}`);
  life.lane.simulator.control.addFault(fault);
}

export async function pass(life: Life, forMs: number): Promise<void> {
  await life.passTime(new Date(life.lane.clock.now().getTime() + forMs));
}

/** To when nobody can pay the order any more, and a moment. */
export async function passToEnd(life: Life): Promise<void> {
  const row = life.witness.row();
  if (row === null) return;
  const from = life.lane.channels.get(row.channel)?.unpayableFrom(asChannelOrder(row)) ?? row.expiresAt;
  await life.passTime(new Date(from.getTime() + life.dice.int(1_000, 20_000)));
}

/** The timer fires as soon as it does. */
export async function runTimer(life: Life): Promise<void> {
  const { timer, clock } = life.lane;
  const at = timer.at();
  if (at !== null && at > clock.now()) await life.passTime(at);
  if (timer.isDue()) await life.fireTimer();
  await finishSteps(life);
}

/** Runs all pending operations to their end; no notification arrives. */
export async function finishSteps({ lane, step, dice }: Life): Promise<void> {
  for (let steps = lane.stepper.steps(); steps.length > 0; steps = lane.stepper.steps())
    await step(dice.pick(steps));
}
