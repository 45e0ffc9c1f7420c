import { type LatePaymentPolicy, latePaymentPolicies } from '../../../../src/order/late-payment.ts';
import type { Settings } from '../../../../src/sandbox/simulator/simulators.ts';
import { createDice, type Dice } from '../../dice.ts';
import { type OrderPlan, planOrder } from './order-plan.ts';
import { type PlannedStrike, planStrikes } from './strike-plan.ts';

/** All that the seed decides of a storm: who does what to which order and when, and what strikes whom. */
export interface StormPlan {
  latePaymentPolicy: LatePaymentPolicy;
  signType: 'MD5' | 'HMAC_SHA256';
  settings: Partial<Settings>;
  orders: OrderPlan[];
  strikes: PlannedStrike[];
  /** When a backup is taken, which is restored after the storm: so many orders are there, and so many ms later. */
  backupAfterOrders: number;
  backupAfterMs: number;
}

/** How long a storm with so many orders takes to create them, ms: more at once say little about each. */
const MS_FOR_AN_ORDER = 150;
/** Faults are planned for so much longer: on a slow machine everything takes its time. It ends with the orders. */
const LONGER = 4;
const BLOWS_ON_MS = 15_000;
/** Within so many ms orders expire and are closed. */
const EXPIRIES_MS = 10_000;
/** Some orders are always created after the backup. */
const MOST_BACKED_UP = 0.8;
/** Each order has its own dice, as the strikes do: none changes another's fate. */
const RUN = -1;
const STRIKES = -2;

/** `lengthMs`: over how long orders are created; null: as many as the number of orders needs. */
export function planStorm(seed: number, orders: number, lengthMs: number | null): StormPlan {
  const dice = createDice(seed, RUN);
  const createdWithinMs = lengthMs ?? orders * MS_FOR_AN_ORDER;
  return {
    latePaymentPolicy: dice.pick(latePaymentPolicies),
    signType: dice.pick(['MD5', 'HMAC_SHA256'] as const),
    settings: pickSettings(dice),
    orders: Array.from({ length: orders }, (_, index) =>
      planOrder(createDice(seed, index), index, createdWithinMs),
    ),
    backupAfterOrders: dice.int(Math.ceil(orders / 4), Math.ceil(orders * MOST_BACKED_UP)),
    backupAfterMs: dice.int(0, EXPIRIES_MS),
    strikes: planStrikes(createDice(seed, STRIKES), LONGER * createdWithinMs + BLOWS_ON_MS),
  };
}

/** How the gateways behave where their documents leave it open. */
function pickSettings(dice: Dice): Partial<Settings> {
  return {
    codePayAsksPassword: dice.chance(0.6),
    codePayPasswordAnswer: dice.pick(['transaction', 'error'] as const),
    closeWhilePaying: dice.pick([429, 202] as const),
    strict404: dice.chance(0.3),
    refundSettlesAfterMs: dice.pick([0, 3_000, 600_000]),
    alipayFundChange: dice.pick(['Y', 'N'] as const),
    wechatNotifySignedBy: 'public_key',
    unionpayUnpaid: dice.pick(['34', '05', '86'] as const),
    unionpayExpired: dice.pick(['34', '39', '86'] as const),
    unionpayPaid: dice.pick(['00', 'A6'] as const),
    unionpayBankLate: dice.chance(0.3),
  };
}
