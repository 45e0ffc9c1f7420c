import type { Dice } from '../../dice.ts';

/**
 * What an order's life is prone to, each from not at all to very much. Lives in which everything may happen are all
 * alike; one in which nobody cancels and customers are eager goes where those never go.
 */
export type Temper = Record<(typeof inclinations)[number], number>;

const inclinations = [
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

export function pickTemper(dice: Dice): Temper {
  const temper = {} as Temper;
  for (const name of inclinations) temper[name] = dice.pick(strengths);
  // Without customers there is nothing to lose.
  temper.pay = Math.max(temper.pay, 0.5);
  return temper;
}
