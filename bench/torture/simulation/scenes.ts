import { cancelByHand, closeByHand, syncByHand } from '../../../src/order/by-hand.ts';
import { asChannelOrder } from '../../../src/order/order.ts';
import { sweepOverdue } from '../../../src/order/sweep-overdue.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import type { OrderSnapshot } from '../../../src/simulator/snapshot.ts';
import { ACTOR } from './judge.ts';
import type { Life } from './life.ts';
import { PROCESSES } from './processes.ts';
import { finishAll } from './rest.ts';
import { refund } from './strangers.ts';

/** Somewhere that chance alone leads an order to once in hundreds of lives. */
interface Scene {
  weight: number;
  run(): Promise<void>;
}

const trigger = { kind: 'api', actor: ACTOR, clientIp: null } as const;
/** Requests that a fault strikes. */
const MANY = 9;
/** A replica lags so far behind, ms. */
const STALE_MS = 9_000;

/** A scene for an order that has just been created, and that can be paid or is being paid. */
export async function playScene(life: Life, order: OrderSnapshot): Promise<void> {
  await life.dice.weigh(scenesOf(life, order)).run();
}

function scenesOf(life: Life, order: OrderSnapshot): Scene[] {
  if (order.paying) return [{ weight: 1, run: () => payWhileReversed(life, order) }];
  const isUnscanned = order.state === 'NO_TRADE';
  const scenes: Scene[] = [
    { weight: 1, run: () => jumpAhead(life) },
    { weight: 2, run: () => notTakenUp(life) },
    { weight: 1.5, run: () => dieOverMail(life, order) },
    { weight: 3, run: () => disputeCancel(life, order) },
    { weight: 1.5, run: () => getStuck(life, order) },
  ];
  if (order.channel !== 'union_pay') scenes.push({ weight: 2, run: () => denyPayment(life, order) });
  if (order.channel === 'wechat_pay') scenes.push({ weight: 3, run: () => refundUnheard(life, order) });
  if (isUnscanned)
    scenes.push(
      { weight: 1.5, run: () => syncEarly(life) },
      { weight: 2, run: () => denyPayment(life, order) },
      { weight: 2, run: () => payInLastSecond(life, order) },
    );
  return scenes;
}

/** The database's clock jumps ahead of the order's time, and everything that looks for due orders looks. */
async function jumpAhead(life: Life): Promise<void> {
  const { lane, dice, witness, counts } = life;
  const byMs = dice.int(7_300_000, 14_400_000);
  counts.faults += 1;
  witness.timerMayBeLost();
  life.note(`the database's clock jumps by ${byMs} ms`);
  lane.processes.jump(byMs);
  for (let looks = dice.int(2, 3); looks > 0; looks -= 1) {
    await pass(life, dice.int(1_000, 20_000));
    await life.begin('sweep', () => sweepOverdue(lane.deps));
    await finishSteps(life);
    if (lane.timer.isDue()) await life.fireTimer();
    await finishSteps(life);
  }
}

/** No process can ask the channel, and the merchant asks for an end. */
async function notTakenUp(life: Life): Promise<void> {
  const { lane, dice, witness } = life;
  const row = witness.row();
  if (row === null) return;
  life.counts.faults += 1;
  witness.timerMayBeLost();
  const work = dice.pick(['ask', 'close'] as const);
  life.note(`other orders get no answer in any process (${work})`);
  for (let process = 0; process < PROCESSES; process += 1)
    await lane.processes.failOthers(process, row, work);
  if (dice.chance(0.5)) await close(life);
  else await cancel(life);
  await finishSteps(life);
}

/** A charge by the customer's code is closed by reversing it, and the customer types the password in the instant before. */
async function payWhileReversed(life: Life, { orderNo }: OrderSnapshot): Promise<void> {
  await pass(life, life.dice.int(15_500, 30_000));
  await close(life);
  await payBeforeClose(life, orderNo);
  await finishSteps(life);
  await runTimer(life);
}

/** The customer types the password in the instant before the close reaches the channel. */
export async function payBeforeClose(life: Life, orderNo: string): Promise<void> {
  const { lane } = life;
  for (let [next] = lane.stepper.steps(); next !== undefined; [next] = lane.stepper.steps()) {
    if (next.moment === 'before' && next.what.endsWith('_pay.close')) break;
    await life.step(next);
  }
  if (life.snapshot()?.paying === true)
    await life.customer('types the password', () => lane.simulator.control.finishPay(orderNo));
}

/** We die over a notification, and the channel repeats it. */
async function dieOverMail(life: Life, order: OrderSnapshot): Promise<void> {
  const { lane, dice } = life;
  await pay(life, order);
  if (lane.inbox.waiting.length === 0) return;
  await life.deliver('whole');
  for (let steps = dice.int(2, 4); steps > 0; steps -= 1) {
    const [step] = lane.stepper.steps();
    if (step !== undefined) await life.step(step);
  }
  const [step] = lane.stepper.steps();
  if (step !== undefined) await life.kill(step.operation);
  const [mail] = life.copies;
  if (mail !== undefined) await life.replay(mail);
  await finishSteps(life);
}

/** A customer has paid, nobody has heard of it, and somebody on the way says until the end that there is no such order. */
async function denyPayment(life: Life, order: OrderSnapshot): Promise<void> {
  const { dice } = life;
  await payUnheard(life, order);
  lay(life, { kind: 'status', status: 503, match: { operation: 'close', orderNo: order.orderNo } });
  const kind = dice.pick(['bad_signature', 'missing_headers', 'missing_headers'] as const);
  lay(life, { kind, lie: 'not_found', match: { operation: 'query', orderNo: order.orderNo, times: MANY } });
  await passToEnd(life);
  await runTimer(life);
}

/** A customer pays in the last seconds, and the channel answers from a moment before. */
async function payInLastSecond(life: Life, order: OrderSnapshot): Promise<void> {
  const { lane, dice, witness } = life;
  const expiresAt = witness.row()?.expiresAt;
  if (expiresAt === undefined) return;
  await life.passTime(new Date(expiresAt.getTime() - dice.int(100, 1_500)));
  if (life.snapshot()?.payable !== true) return;
  await payUnheard(life, order);
  lay(life, { kind: 'status', status: 503, match: { operation: 'close', orderNo: order.orderNo } });
  const match = { operation: 'query', orderNo: order.orderNo } as const;
  lay(life, { kind: 'stale_read', forMs: STALE_MS, match });
  await life.passTime(lane.timer.at() ?? lane.clock.now());
  await runTimer(life);
}

/** Its time is over and the channel answers nothing until a person has to look; then the queue is emptied. */
async function getStuck(life: Life, { orderNo }: OrderSnapshot): Promise<void> {
  const { witness } = life;
  for (const operation of ['close', 'query', 'reverse'] as const)
    lay(life, { kind: 'status', status: 503, match: { operation, orderNo, times: MANY } });
  await passToEnd(life);
  for (let attempts = 0; attempts < MANY && witness.row()?.stuckAt === null; attempts += 1)
    await runTimer(life);
  emptyQueue(life);
}

/** A customer has paid, the back office gives some or all of it back, and then we look. */
async function refundUnheard(life: Life, order: OrderSnapshot): Promise<void> {
  const { lane, dice, wish } = life;
  await payUnheard(life, order);
  if (life.snapshot()?.paidAt == null) return;
  await refund(life, order.amountFen);
  const numbers = { orderNo: null, bizOrderNo: wish.bizOrderNo };
  if (dice.chance(0.5)) await life.begin('sync', () => syncByHand(lane.deps, numbers, trigger));
  else await close(life);
  await finishSteps(life);
}

/** The merchant corrects the order long before its time is over, while nobody has scanned its code. */
async function syncEarly(life: Life): Promise<void> {
  const { lane, wish } = life;
  const numbers = { orderNo: null, bizOrderNo: wish.bizOrderNo };
  await life.begin('sync', () => syncByHand(lane.deps, numbers, trigger));
  await finishSteps(life);
}

/** A paid order is cancelled, and something comes between. */
async function disputeCancel(life: Life, order: OrderSnapshot): Promise<void> {
  const { lane, dice } = life;
  await pay(life, order);
  await finishAll(life);
  if (life.snapshot()?.paidAt == null) return;
  const layAll = (fault: Pick<Fault, 'kind'> & { when?: 'before' }) => {
    for (const operation of ['refund', 'cancel', 'reverse'] as const)
      lay(life, { ...fault, match: { operation, orderNo: order.orderNo, times: 1 } } as Fault);
  };
  const part = Math.max(1, dice.int(1, Math.max(1, order.amountFen - 1)));
  await dice.pick([
    async function partWasRefunded() {
      await refund(life, part);
      await cancel(life);
      await finishSteps(life);
    },
    async function partIsRefundedMeanwhile() {
      layAll({ kind: 'reset', when: 'before' });
      await cancel(life);
      await finishSteps(life);
      await refund(life, part);
      await runTimer(life);
    },
    async function answerIsLost() {
      layAll({ kind: 'lost_reply' });
      await cancel(life);
      await finishSteps(life);
      await runTimer(life);
    },
    async function diesAndTimerIsLost() {
      await cancel(life);
      for (let steps = dice.int(2, 6); steps > 0; steps -= 1) {
        const [step] = lane.stepper.steps();
        if (step !== undefined) await life.step(step);
      }
      const [step] = lane.stepper.steps();
      if (step !== undefined) await life.kill(step.operation);
      emptyQueue(life);
    },
  ])();
}

function emptyQueue({ lane, witness, note, counts }: Life): void {
  counts.faults += 1;
  note('the queue is emptied');
  witness.timerMayBeLost();
  lane.timer.lose();
}

async function close(life: Life): Promise<void> {
  const numbers = { orderNo: null, bizOrderNo: life.wish.bizOrderNo };
  await life.begin('close', () => closeByHand(life.lane.deps, numbers, trigger));
}

async function cancel(life: Life): Promise<void> {
  const numbers = { orderNo: null, bizOrderNo: life.wish.bizOrderNo };
  life.witness.cancelAsked();
  await life.begin('cancel', () => cancelByHand(life.lane.deps, numbers, trigger));
}

async function pay(life: Life, { orderNo }: OrderSnapshot): Promise<void> {
  await life.customer('pays', () => life.lane.simulator.control.pay(orderNo));
}

async function payUnheard(life: Life, order: OrderSnapshot): Promise<void> {
  await pay(life, order);
  if (life.lane.inbox.waiting.length > 0) await life.deliver('lost');
}

function lay(life: Life, fault: Fault): void {
  life.note(`fault laid out: ${JSON.stringify({ ...fault, match: { ...fault.match, orderNo: undefined } })}`);
  life.lane.simulator.control.addFault(fault);
}

async function pass(life: Life, forMs: number): Promise<void> {
  await life.passTime(new Date(life.lane.clock.now().getTime() + forMs));
}

/** To when nobody can pay the order any more, and a moment. */
async function passToEnd(life: Life): Promise<void> {
  const row = life.witness.row();
  if (row === null) return;
  const from = life.lane.channels.get(row.channel)?.unpayableFrom(asChannelOrder(row)) ?? row.expiresAt;
  await life.passTime(new Date(from.getTime() + life.dice.int(1_000, 20_000)));
}

/** The timer fires as soon as it does. */
async function runTimer(life: Life): Promise<void> {
  const { timer, clock } = life.lane;
  const at = timer.at();
  if (at !== null && at > clock.now()) await life.passTime(at);
  if (timer.isDue()) await life.fireTimer();
  await finishSteps(life);
}

/** What is under way goes on to its end; no notification arrives. */
async function finishSteps({ lane, step, dice }: Life): Promise<void> {
  for (let steps = lane.stepper.steps(); steps.length > 0; steps = lane.stepper.steps())
    await step(dice.pick(steps));
}
