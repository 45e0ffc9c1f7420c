import { createOrder } from '../../../../src/order/create/create-order.ts';
import { sweepDue } from '../../../../src/order/due/sweep.ts';
import {
  requestCancel,
  requestClose,
  requestSync,
} from '../../../../src/order/requests/close-cancel-sync.ts';
import { reclose } from '../../../../src/order/requests/reclose.ts';
import type { Operation } from '../../../../src/sandbox/simulator/gateway/operations.ts';
import { ACTOR } from '../judge/judge.ts';
import { pickFault } from '../world/faults.ts';
import { outsiderMoves } from '../world/outsiders.ts';
import { PROCESSES } from '../world/processes.ts';
import type { Step } from '../world/stepper.ts';
import type { Life, Move } from './life.ts';

/** More concurrent operations on one order find nothing new. */
const MAX_OPERATIONS = 4;

const BY_HAND = { kind: 'manual', actor: null, clientIp: null } as const;

const GOES_ON = 0.8;

/** Everything that may happen to the order now. */
export function movesOf(life: Life): Move[] {
  return [
    ...operationMoves(life),
    ...requestMoves(life),
    ...customerMoves(life),
    ...mailMoves(life),
    ...timeMoves(life),
    ...outsiderMoves(life),
    ...faultMoves(life),
  ];
}

/** A running operation continues, or is killed where it is. */
function operationMoves(life: Life): Move[] {
  return life.lane.stepper
    .steps()
    .flatMap((step) => [
      { weight: 5, run: () => goOn(life, step) },
      { weight: 0.25, run: () => life.kill(step.operation) },
      ...(step.canBeLate ? [{ weight: 0.3, run: () => life.step(step, 'late') }] : []),
    ]);
}

/** Mostly a process runs for a while; it stops where its pace says so, or by chance. */
async function goOn(life: Life, step: Step): Promise<void> {
  await life.step(step);
  while (life.dice.chance(GOES_ON)) {
    const next = life.lane.stepper.steps().find(({ operation }) => operation === step.operation);
    if (next === undefined || next.pace < 1) return;
    await life.step(next);
  }
}

/** Merchants, people and workers begin something. */
function requestMoves(life: Life): Move[] {
  const { lane, request, dice, weights } = life;
  const { deps, stepper, timer } = lane;
  const orderNo = lane.orderNo();
  if (new Set(stepper.steps().map(({ operation }) => operation)).size >= MAX_OPERATIONS) return [];
  const numbers = { orderNo: null, bizOrderNo: request.bizOrderNo };
  const trigger = { kind: dice.pick(['api', 'admin'] as const), actor: ACTOR, clientIp: '203.0.113.9' };
  const begin = (weight: number, name: string, work: () => Promise<unknown>): Move => ({
    weight,
    run: () => life.begin(name, work),
  });
  const moves = [
    begin(0.4 * weights.create, 'create again', () => createOrder(deps, { ...request, expiresAt: null })),
    begin(0.8 * weights.close, 'close', () => requestClose(deps, numbers, trigger)),
    begin(0.5 * weights.cancel, 'cancel', () => {
      life.witness.cancelAsked();
      return requestCancel(deps, numbers, trigger);
    }),
    begin(0.4 * weights.sync, 'sync', () => requestSync(deps, numbers, trigger)),
    begin(0.2, 'sweep', () => sweepDue(deps)),
  ];
  if (orderNo !== null)
    moves.push(begin(0.2 * weights.reclose, 'reclose', () => reclose(deps, orderNo, BY_HAND)));
  if (timer.isDue()) moves.push({ weight: 4, run: life.fireTimer });
  return moves;
}

/** Customers do what their phone and the gateway let them do, at any moment. */
export function customerMoves(life: Life): Move[] {
  const { lane, weights } = life;
  // It matters most what they do while something is under way.
  const eagerness = weights.pay * (lane.stepper.steps().length > 0 ? 1.6 : 0.25);
  const { control } = lane.simulator;
  const orderNo = lane.orderNo();
  const order = life.snapshot();
  const payBody = lane.payBody();
  const act = (weight: number, name: string, work: () => Promise<unknown>): Move => ({
    weight: weight * eagerness,
    run: () => life.customer(name, work),
  });
  if (orderNo === null) return [];
  if (order === null) {
    // A link that the merchant signed: the gateway learns of the order when it is opened.
    const isLink =
      payBody !== null && life.request.channel === 'ali_pay' && ['wap', 'app'].includes(life.request.method);
    return isLink ? [act(1.5, 'opens the link', () => control.open(payBody))] : [];
  }
  if (order.paying) {
    return [
      act(1.5, 'types the password', () => control.finishPay(orderNo)),
      act(0.5, 'gives up', () => control.finishPay(orderNo, false)),
    ];
  }
  if (!order.payable) return [];
  return [
    act(0.6, 'scans', () => control.scan(orderNo)),
    act(0.9, 'begins to pay', () => control.beginPay(orderNo)),
    act(0.9, 'pays', () => control.pay(orderNo)),
  ];
}

function mailMoves(life: Life): Move[] {
  const { lane, copies, dice, weights } = life;
  const moves: Move[] = [];
  if (lane.inbox.waiting.length > 0) {
    moves.push(
      { weight: 3, run: () => life.deliver('whole') },
      { weight: 0.5 * weights.lose, run: () => life.deliver('lost') },
      { weight: 0.3 * weights.tamper, run: () => life.deliver('tampered') },
    );
  }
  if (copies.length > 0)
    moves.push({ weight: 0.4 * weights.replay, run: () => life.replay(dice.pick(copies)) });
  if (lane.stepper.late().length > 0) moves.push({ weight: 1.5, run: life.landLate });
  return moves;
}

/** A little while, to the next thing that is due, or to where a deadline is near. */
function timeMoves(life: Life): Move[] {
  const { lane, dice, weights } = life;
  const now = lane.clock.now().getTime();
  const next = [lane.timer.at(), lane.clock.nextAlarm()].filter((at) => at !== null && at.getTime() > now);
  const expiresAt = life.snapshot()?.expiresAt.getTime() ?? 0;
  const to = (weight: number, at: number): Move => ({ weight, run: () => life.passTime(new Date(at)) });
  // A process suspended for too long is killed: while operations run, time passes in small steps.
  const leap = weights.leap * (lane.stepper.steps().length > 0 ? 0.15 : 1);
  const moves = [to(0.6, now + dice.int(1, 9_000)), to(0.1 * leap, now + dice.int(10_000, 3_600_000))];
  if (expiresAt > now) moves.push(to(0.4 * leap, Math.max(now, expiresAt + dice.int(-3_000, 3_000))));
  for (const at of next) if (at !== null) moves.push(to(0.8 * Math.max(leap, 0.1), at.getTime()));
  return moves;
}

function faultMoves(life: Life): Move[] {
  const { lane, weights } = life;
  const { timer } = lane;
  const orderNo = lane.orderNo();
  const strike = (weight: number, what: string, run: () => unknown): Move => ({
    weight,
    run: async () => {
      life.counts.faults += 1;
      life.note(what);
      await run();
    },
  });
  const loseTimers = () => {
    life.witness.timerMayBeLost();
    timer.lose();
  };
  const beAway = () => {
    life.witness.timerMayBeLost();
    timer.setAway(true);
  };
  const moves = [strike(0.1 * weights.queue, 'the queue is emptied', loseTimers)];
  if (!timer.isAway()) moves.push(strike(0.1 * weights.queue, 'the queue is away', beAway));
  else moves.push({ weight: 1, run: async () => timer.setAway(false) });
  if (orderNo !== null) moves.push({ weight: weights.fault, run: () => layFault(life) });
  return [...moves, ...processMoves(life, strike)];
}

/** What strikes one process, or the clock that all of them follow. */
function processMoves(
  { lane, dice, weights, witness }: Life,
  strike: (weight: number, what: string, run: () => unknown) => Move,
): Move[] {
  const { processes } = lane;
  const row = witness.row();
  const process = dice.int(0, PROCESSES - 1);
  const jumpMs = dice.int(60_000, 7_200_000) * dice.pick([1, -1]);
  const suspendedMs = dice.int(1_000, 600_000);
  const work = dice.pick(['create', 'close', 'ask', 'refund'] as const);
  const withoutTimers = (run: () => unknown) => () => {
    witness.timerMayBeLost();
    return run();
  };
  const moves = [
    strike(
      0.06 * weights.jump,
      `the database's clock jumps by ${jumpMs} ms`,
      withoutTimers(() => processes.jump(jumpMs)),
    ),
    strike(
      0.06 * weights.jump,
      `process ${process} was suspended for ${suspendedMs} ms`,
      withoutTimers(() => processes.suspend(process, suspendedMs)),
    ),
  ];
  if (row !== null)
    moves.push(
      strike(
        0.12 * weights.breaker,
        `other orders get no answer in process ${process} (${work})`,
        withoutTimers(() => processes.failOthers(process, row, work)),
      ),
    );
  return moves;
}

/** The gateway will misbehave for a few requests. */
export async function layFault(
  { lane, dice, request, witness, note }: Life,
  operation?: Operation,
): Promise<void> {
  const orderNo = lane.orderNo();
  if (orderNo === null) return;
  // Before its creation is confirmed nothing but the channel's word says that it exists.
  const isCreated = (witness.row()?.payBody ?? null) !== null;
  const fault = pickFault(dice, request.channel, orderNo, { isCreated }, operation);
  note(`fault laid out: ${JSON.stringify({ ...fault, match: { ...fault.match, orderNo: undefined } })}`);
  lane.simulator.control.addFault(fault);
}
