import type { Dice } from '../../dice.ts';

/**
 * How likely each kind of event is for one simulated order; 0 is never. If every order had the same weights, all runs
 * would look alike; an order that nobody cancels and customers pay eagerly reaches states that those never reach.
 */
export type MoveWeights = Record<(typeof moveNames)[number], number>;

const moveNames = [
  'create',
  'close',
  'cancel',
  'sync',
  'reclose',
  'pay',
  'kill',
  'late',
  'lose',
  'tamper',
  'replay',
  'fault',
  'queue',
  'leap',
  'refund',
  'claim',
  'forge',
  'jump',
  'breaker',
] as const;

const strengths = [0, 0, 0.5, 1, 3];

export function pickMoveWeights(dice: Dice): MoveWeights {
  const weights = {} as MoveWeights;
  for (const name of moveNames) weights[name] = dice.pick(strengths);
  // Without customers there is nothing to lose.
  weights.pay = Math.max(weights.pay, 0.5);
  return weights;
}
