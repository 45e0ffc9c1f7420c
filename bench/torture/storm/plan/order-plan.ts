import type { GenerationName } from '../../../../src/client/client.ts';
import type { Operation } from '../../../../src/sandbox/simulator/gateway/operations.ts';
import type { ChannelName } from '../../../../src/sandbox/simulator/simulators.ts';
import type { Dice } from '../../dice.ts';

/** Ms after the order's creation, or after its expiry (before it where negative). */
export interface When {
  from: 'creation' | 'expiry';
  ms: number;
}

export type CustomerAct = 'scans' | 'begins to pay' | 'types the password' | 'gives up' | 'pays';
export type MerchantAct = 'closes' | 'cancels' | 'syncs' | 'creates again';

export type Act =
  | { who: 'customer'; does: CustomerAct; when: When }
  /** Inside the gateway, right before or after the effect of our next such request about this order. */
  | { who: 'customer'; does: CustomerAct; during: Operation; moment: 'before' | 'after' }
  | { who: 'merchant'; does: MerchantAct; when: When };

/** Everything about one order that the seed decides. */
export interface OrderPlan {
  index: number;
  bizOrderNo: string;
  channel: ChannelName;
  method: 'qrcode' | 'jsapi' | 'app' | 'wap' | 'barcode';
  generation: GenerationName;
  /** No other order of the run has the same: by this the gateway's order is known again. */
  amountFen: number;
  /** After the storm's beginning, ms. */
  createAtMs: number;
  expiresInMs: number;
  wantsNotices: boolean;
  acts: Act[];
}

const generations = ['2.0.5', '2.0.6', '2.0.8', '2.0.8', '3.0', '3.0'] as const;
const methods = {
  wechat_pay: ['qrcode', 'qrcode', 'jsapi', 'app', 'wap', 'barcode'],
  ali_pay: ['qrcode', 'qrcode', 'qrcode', 'jsapi', 'app', 'wap', 'barcode'],
  union_pay: ['qrcode'],
} as const;
const FIRST_AMOUNT_FEN = 1_000;

export function planOrder(dice: Dice, index: number, createdWithinMs: number): OrderPlan {
  const channel = dice.pick(['wechat_pay', 'wechat_pay', 'ali_pay', 'ali_pay', 'union_pay'] as const);
  return {
    index,
    bizOrderNo: `STORM-${index}`,
    channel,
    method: dice.pick(methods[channel]),
    generation: dice.pick(generations),
    amountFen: FIRST_AMOUNT_FEN + index,
    createAtMs: dice.int(0, createdWithinMs),
    expiresInMs: dice.int(4_000, 10_000),
    wantsNotices: dice.chance(0.85),
    acts: [...customerActs(dice), ...merchantActs(dice)],
  };
}

function customerActs(dice: Dice): Act[] {
  const customer = (does: CustomerAct, when: When): Act => ({ who: 'customer', does, when });
  const when = pickMoment(dice);
  const later = (ms: number): When => ({ ...when, ms: when.ms + ms });
  const first = dice.weigh([
    { weight: 2, acts: [] },
    { weight: 1, acts: [customer('scans', when)] },
    { weight: 3, acts: [customer('pays', when)] },
    {
      weight: 2,
      acts: [customer('begins to pay', when), customer('types the password', later(dice.int(50, 6_000)))],
    },
    { weight: 1, acts: [customer('begins to pay', when), customer('gives up', later(dice.int(50, 4_000)))] },
    { weight: 2, acts: [inTheMiddle(dice)] },
  ]).acts;
  // A customer who gave up, or was too early or too late, may come back.
  return dice.chance(0.3) ? [...first, customer('pays', pickMoment(dice))] : first;
}

function inTheMiddle(dice: Dice): Act {
  return {
    who: 'customer',
    does: dice.pick(['pays', 'pays', 'scans', 'begins to pay'] as const),
    during: dice.pick(['close', 'close', 'query', 'cancel', 'create'] as const),
    moment: dice.pick(['before', 'after'] as const),
  };
}

function merchantActs(dice: Dice): Act[] {
  const acts: Act[] = [];
  const add = (probability: number, does: MerchantAct) => {
    if (dice.chance(probability)) acts.push({ who: 'merchant', does, when: pickMoment(dice) });
  };
  add(0.25, 'closes');
  add(0.2, 'cancels');
  add(0.3, 'syncs');
  add(0.2, 'creates again');
  add(0.1, 'syncs');
  add(0.1, 'cancels');
  return acts;
}

/** Mostly where it matters: around the expiry, when the close is under way. */
function pickMoment(dice: Dice): When {
  return dice.weigh([
    { weight: 3, when: { from: 'creation', ms: dice.int(100, 4_000) } as const },
    { weight: 4, when: { from: 'expiry', ms: dice.int(-700, 700) } as const },
    { weight: 2, when: { from: 'expiry', ms: dice.int(700, 4_000) } as const },
  ]).when;
}
