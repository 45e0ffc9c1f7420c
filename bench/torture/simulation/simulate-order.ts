import type { ChannelName, PayMethod } from '../../../src/channel/channel.ts';
import { closeByHand } from '../../../src/order/by-hand.ts';
import { createOrder } from '../../../src/order/create-order.ts';
import { latePaymentPolicies } from '../../../src/order/late-payment.ts';
import type { CreateOrder } from '../../../src/order/outcomes.ts';
import { createDice, type Dice } from '../dice.ts';
import { ACTOR, gatherEvidence, judge, judgeRest } from './judge.ts';
import type { Lane } from './lane.ts';
import { beginLife, type Life, type LifeCounts } from './life.ts';
import { layFault, movesOf } from './moves.ts';
import { comeToRest, finishAll, waitsForPerson } from './rest.ts';
import { pickSettings } from './troubles.ts';

export interface SimulatedOrder extends LifeCounts {
  index: number;
  violations: string[];
  /** Every event, in order. */
  trace: string[];
}

const MIN_MOVES = 15;
const MAX_MOVES = 70;
/** Most creations go well: what comes after them is where the money is. */
const GOOD_BEGINNINGS = 0.7;
/** How many lives begin with a merchant and a customer who do not agree. */
const SHOWDOWNS = 0.4;
/** Now and then a process stands at one step while others go through all of theirs. */
const STANDS = 0.02;
/** Where what was learned is about to be written, it matters most that it may be old by then. */
const standsBefore = { write: 0.35, other: 0.08 };

/** Lives one order: some dozens of events chosen by its own dice, then rest, then judgement. */
export async function simulateOrder(lane: Lane, seed: number, index: number): Promise<SimulatedOrder> {
  const dice = createDice(seed, index);
  const trace: string[] = [];
  const write = (line: string) => trace.push(line);
  lane.restart({
    note: (line) => life.note(line),
    random: dice.next,
    pickPace: (what, moment) => (dice.chance(chanceToStand(what, moment)) ? STANDS : 1),
    offsetMs: dice.int(0, 999),
  });
  Object.assign(lane.simulator.control.settings, pickSettings(dice));
  lane.deps.latePaymentPolicy = dice.pick(latePaymentPolicies);
  const wish = pickWish(lane, dice, `T${seed}-${index}-${lane.clock.now().getTime()}`);
  const life = beginLife(lane, dice, wish, write);
  life.note(
    `${wish.channel} ${wish.method}, to be paid until ${wish.expiresAt?.toISOString() ?? 'the default'}`,
  );

  await life.begin('create', () => createOrder(lane.deps, wish));
  if (dice.chance(GOOD_BEGINNINGS)) await finishAll(life);
  else if (dice.chance(0.5)) await delayCreation(life);
  if (dice.chance(SHOWDOWNS)) await showdown(life, dice);
  for (let moves = dice.int(MIN_MOVES, MAX_MOVES); moves > 0; moves -= 1)
    await dice.weigh(movesOf(life)).run();
  const rests = await comeToRest(life);
  const violations = [
    ...life.witness.violations,
    ...(rests ? [] : ['never came to rest']),
    ...(await judgeLife(life)),
  ];
  return { index, violations, trace, ...life.counts };
}

async function judgeLife(life: Life): Promise<string[]> {
  const { lane, snapshot } = life;
  const orderNo = lane.orderNo();
  const row = orderNo === null ? null : await lane.store.find(orderNo);
  // Killed before its row was written: then no channel may have heard of it.
  if (row === null) return snapshot() === null ? [] : ['the channel knows an order that we do not'];
  const evidence = await gatherEvidence(life, row);
  return [...judge(evidence), ...judgeRest(evidence, lane.clock.now(), waitsForPerson(life, row))];
}

/** The request that creates the order is given up, and still on its way. */
async function delayCreation(life: Life): Promise<void> {
  for (let [step] = life.lane.stepper.steps(); step !== undefined; [step] = life.lane.stepper.steps()) {
    const isCreation = step.canBeLate && step.what.endsWith('.create');
    await life.step(step, isCreation ? 'late' : 'go');
    if (isCreation) return;
  }
}

/** A close begins while a customer has the code in hand. */
async function showdown(life: Life, dice: Dice): Promise<void> {
  Object.assign(life.temper, { pay: dice.pick([0.2, 0.5, 3]), kill: 0, leap: 0 });
  if (dice.chance(0.6)) await layFault(life, dice.pick(['close', 'query']));
  const numbers = { orderNo: null, bizOrderNo: life.wish.bizOrderNo };
  await life.begin('close', () =>
    closeByHand(life.lane.deps, numbers, { kind: 'api', actor: ACTOR, clientIp: null }),
  );
}

function chanceToStand(what: string, moment: 'before' | 'after'): number {
  return moment === 'before' && writes.test(what) ? standsBefore.write : standsBefore.other;
}
const writes = /^store\.(?!get|find|overdue)/;

const authCodes: Partial<Record<ChannelName, string>> = {
  wechat_pay: '134567890123456789',
  ali_pay: '284567890123456789',
};

function pickWish(lane: Lane, dice: Dice, bizOrderNo: string): CreateOrder {
  const channel = dice.pick([...lane.channels.values()]);
  // The commonest most often.
  const method: PayMethod = dice.chance(0.4) ? 'qrcode' : dice.pick(channel.methods);
  const minutes = dice.pick([null, 1, 2, 5, 30, 120]);
  return {
    bizOrderNo,
    channel: channel.name,
    method,
    title: '测试商品',
    description: null,
    amountFen: dice.int(1, 100_000),
    expiresAt: minutes === null ? null : new Date(lane.clock.now().getTime() + minutes * 60_000),
    attach: null,
    notifyUrl: 'http://shop.example/notify',
    returnUrl: null,
    notNotify: false,
    clientIp: '203.0.113.7',
    authCode: method === 'barcode' ? (authCodes[channel.name] ?? null) : null,
    apiGeneration: null,
    openId: method === 'jsapi' ? 'o-customer' : null,
  };
}
