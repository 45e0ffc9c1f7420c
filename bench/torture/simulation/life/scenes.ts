import type { ChannelName, PayMethod } from '../../../../src/channel/channel.ts';
import { sweepDue } from '../../../../src/order/due/sweep.ts';
import { decideLatePayment } from '../../../../src/order/refund/decide-late.ts';
import { requestSync } from '../../../../src/order/requests/close-cancel-sync.ts';
import type { Fault } from '../../../../src/sandbox/simulator/exchange/faults.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { Dice } from '../../dice.ts';
import { refund } from '../world/outsiders.ts';
import { PROCESSES } from '../world/processes.ts';
import { finishAll } from './drain.ts';
import type { Life } from './life.ts';
import {
  cancel,
  close,
  emptyQueue,
  finishSteps,
  lay,
  pass,
  passToEnd,
  pay,
  payUnheard,
  runTimer,
  trigger,
} from './scene-steps.ts';

/** Where chance alone leads an order once in hundreds of lives. Its life begins there. */
export interface Scene {
  weight: number;
  /** Where it can be played; left out: anywhere. */
  channel?: ChannelName;
  method?: PayMethod;
  play(life: Life, order: OrderSnapshot): Promise<void>;
}

/** Requests that a fault strikes. */
const MANY = 9;
/** A replica lags so far behind, ms. */
const STALE_MS = 9_000;

/** A code that nobody has scanned is no trade at this channel yet. */
const unscanned = { channel: 'ali_pay', method: 'qrcode' } as const;

const scenes: readonly Scene[] = [
  { weight: 2, play: jumpAhead },
  { weight: 2, play: notTakenUp },
  { weight: 2, play: dieOverMail },
  { weight: 4, play: disputeCancel },
  { weight: 3, play: getStuck },
  { weight: 1, channel: 'wechat_pay', method: 'barcode', play: payWhileReversed },
  { weight: 1, channel: 'ali_pay', method: 'barcode', play: payWhileReversed },
  { weight: 1, channel: 'wechat_pay', play: denyPayment },
  { weight: 2, ...unscanned, play: denyPayment },
  { weight: 2, channel: 'wechat_pay', play: refundUnheard },
  { weight: 1, ...unscanned, play: syncEarly },
  { weight: 2, ...unscanned, play: payInLastSecond },
  { weight: 2, ...unscanned, play: cancelClosed },
  { weight: 2, ...unscanned, play: decideAboutLate },
];

export const pickScene = (dice: Dice): Scene => dice.weigh(scenes);

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
    await life.begin('sweep', () => sweepDue(lane.deps));
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
  if (life.snapshot()?.paying !== true) return;
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

/** A customer has paid, nobody has been notified, and somebody on the way says until the end that there is no such order. */
async function denyPayment(life: Life, order: OrderSnapshot): Promise<void> {
  const { dice } = life;
  await payUnheard(life, order);
  lay(life, { kind: 'status', status: 503, match: { operation: 'close', orderNo: order.orderNo } });
  const kind = dice.pick(['bad_signature', 'missing_headers', 'missing_headers'] as const);
  lay(life, {
    kind,
    forged: 'not_found',
    match: { operation: 'query', orderNo: order.orderNo, times: MANY },
  });
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
  // Nobody else comes to it: only the sweep is left.
  Object.assign(life.weights, { close: 0, cancel: 0, sync: 0, reclose: 0, pay: 0, create: 0, claim: 0 });
}

/** A customer has paid, the back office gives some or all of it back, and then we look. */
async function refundUnheard(life: Life, order: OrderSnapshot): Promise<void> {
  const { lane, dice, request } = life;
  await payUnheard(life, order);
  if (life.snapshot()?.paidAt == null) return;
  await refund(life, order.amountFen);
  const numbers = { orderNo: null, bizOrderNo: request.bizOrderNo };
  if (dice.chance(0.5)) await life.begin('sync', () => requestSync(lane.deps, numbers, trigger));
  else await close(life);
  await finishSteps(life);
}

/** The merchant corrects the order long before its time is over, while nobody has scanned its code. */
async function syncEarly(life: Life): Promise<void> {
  const { lane, request } = life;
  const numbers = { orderNo: null, bizOrderNo: request.bizOrderNo };
  await life.begin('sync', () => requestSync(lane.deps, numbers, trigger));
  await finishSteps(life);
}

/** The order is closed, then cancelled, and a customer pays what the channel still lets them pay: it wants no money. */
async function cancelClosed(life: Life, order: OrderSnapshot): Promise<void> {
  life.lane.deps.latePaymentPolicy = 'manual';
  await close(life);
  await finishAll(life);
  await cancel(life);
  await finishAll(life);
  if (life.snapshot()?.payable === true) await pay(life, order);
}

/** A customer pays an order that is closed, and a person decides about that. */
async function decideAboutLate(life: Life, order: OrderSnapshot): Promise<void> {
  const { dice, lane, request, witness } = life;
  lane.deps.latePaymentPolicy = 'manual';
  await close(life);
  await finishAll(life);
  // The watch has looked once by then.
  if (dice.chance(0.5)) await runTimer(life);
  if (life.snapshot()?.payable !== true) return;
  await pay(life, order);
  await finishAll(life);
  const decision = dice.pick(['reopen', 'refund'] as const);
  if (decision === 'reopen') witness.mayReopen();
  const numbers = { orderNo: null, bizOrderNo: request.bizOrderNo };
  const person = { ...trigger, kind: 'admin' } as const;
  await life.begin('decide', () => decideLatePayment(lane.deps, numbers, decision, person));
  await finishAll(life);
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
