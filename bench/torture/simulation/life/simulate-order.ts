import type { ChannelName, PayMethod } from '../../../../src/channel/channel.ts';
import { createOrder } from '../../../../src/order/create/create-order.ts';
import { latePaymentPolicies } from '../../../../src/order/late-payment.ts';
import type { CreateOrder } from '../../../../src/order/outcomes.ts';
import { createDice, type Dice } from '../../dice.ts';
import { gatherEvidence, judge, judgeCancelled, judgeLastLook, judgeRest } from '../judge/judge.ts';
import { pickSettings } from '../world/faults.ts';
import { lastThrough } from '../world/outage.ts';
import { drain, waitsForPerson } from './drain.ts';
import type { Lane } from './lane.ts';
import { beginLife, type Life, type LifeCounts } from './life.ts';
import { movesOf } from './moves.ts';
import { pickScene, type Scene } from './scenes.ts';
import { reachStartingState } from './starting-states.ts';

export interface SimulatedOrder extends LifeCounts {
  index: number;
  violations: string[];
  /** Every event, in order. */
  trace: string[];
}

const MIN_MOVES = 15;
const MAX_MOVES = 70;
/** Sometimes a process pauses at one step while others run all of theirs. */
const STANDS = 0.02;
/** How many lives begin with a scene. */
const SCENES = 0.45;
/** In how many lives the channel is away for hours. */
const OUTAGES = 0.1;
/** Where what was learned is about to be written, it matters most that it may be old by then. */
const standsBefore = { write: 0.35, other: 0.08 };

/** Lives one order: some dozens of events chosen by its own dice, then rest, then judgement. */
export async function simulateOrder(lane: Lane, seed: number, index: number): Promise<SimulatedOrder> {
  const dice = createDice(seed, index);
  const trace: string[] = [];
  const write = (line: string) => trace.push(line);
  await lane.restart({
    note: (line) => life.note(line),
    random: dice.next,
    pickPace: (what, moment) => (dice.chance(chanceToStand(what, moment)) ? STANDS : 1),
    offsetMs: dice.int(0, 999),
    creating: (ageMs) => life.witness.creating(ageMs),
    received: (what, answer) => life.witness.ledger.received(what, answer),
    prolongs: dice.chance(0.5),
  });
  Object.assign(lane.simulator.control.settings, pickSettings(dice));
  lane.deps.latePaymentPolicy = dice.pick(latePaymentPolicies);
  const scene = dice.chance(SCENES) ? pickScene(dice) : null;
  const request = pickRequest(lane, dice, scene, `T${seed}-${index}-${lane.clock.now().getTime()}`);
  const life = beginLife(lane, dice, request, write);
  life.note(
    `${request.channel} ${request.method}, to be paid until ${request.expiresAt?.toISOString() ?? 'the default'}`,
  );

  await life.begin('create', () => createOrder(lane.deps, request));
  await reachStartingState(life, scene);
  for (let moves = dice.int(MIN_MOVES, MAX_MOVES); moves > 0; moves -= 1)
    await dice.weigh(movesOf(life)).run();
  if (dice.chance(OUTAGES)) await lastThrough(life);
  const rests = await drain(life);
  const violations = [
    ...life.witness.violations,
    ...(rests ? [] : ['never became idle']),
    ...(await judgeLife(life)),
  ];
  return { index, violations, trace, ...life.counts };
}

async function judgeLife(life: Life): Promise<string[]> {
  const { lane, snapshot, witness } = life;
  const orderNo = lane.orderNo();
  const row = orderNo === null ? null : await lane.store.find(orderNo);
  // Killed before its row was written: then no channel may know it.
  if (row === null) return snapshot() === null ? [] : ['the channel knows an order that we do not'];
  const evidence = await gatherEvidence(life, row);
  return [
    ...judge(evidence),
    ...judgeRest(evidence, lane.processes.earliest(), waitsForPerson(life, row)),
    // By the clock of the channel, which the row's has left where it has jumped.
    ...(lane.processes.hasJumped()
      ? []
      : judgeLastLook(evidence, lane.channels.get(row.channel)?.notifiesForMs ?? 0)),
    ...(witness.isCancelled() ? judgeCancelled(evidence) : []),
    ...witness.ledger.judge(evidence.records),
  ];
}

function chanceToStand(what: string, moment: 'before' | 'after'): number {
  return moment === 'before' && writes.test(what) ? standsBefore.write : standsBefore.other;
}
const writes = /^store\.(?!get|find|due)/;

const authCodes: Partial<Record<ChannelName, string>> = {
  wechat_pay: '134567890123456789',
  ali_pay: '284567890123456789',
};

function pickRequest(lane: Lane, dice: Dice, scene: Scene | null, bizOrderNo: string): CreateOrder {
  const anyChannel = dice.pick([...lane.channels.values()]);
  const channel = lane.channels.get(scene?.channel ?? anyChannel.name) ?? anyChannel;
  // The commonest most often, and the one that moves money by itself.
  const usual = dice.weigh<{ weight: number; method: PayMethod }>([
    { weight: 4, method: 'qrcode' },
    { weight: 2, method: 'barcode' },
    { weight: 4, method: dice.pick(channel.methods) },
  ]).method;
  const method = scene?.method ?? (channel.methods.includes(usual) ? usual : 'qrcode');
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
