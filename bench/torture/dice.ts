import assert from 'node:assert/strict';
import { createRandom } from '../../src/sandbox/simulator/random.ts';

/** Choices that a seed repeats. */
export interface Dice {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of `list`, each as likely as its weight is heavy. At least one weight is positive. */
  weigh<T extends { weight: number }>(list: readonly T[]): T;
}

/** The dice of one order of a run: no other order's choices change them. */
export function createDice(seed: number, index: number): Dice {
  const { next } = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const at = <T>(list: readonly T[], place: number): T => {
    const found = list[place];
    assert(found !== undefined, 'nothing to choose from');
    return found;
  };
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (list) => at(list, Math.floor(next() * list.length)),
    weigh(list) {
      let left = next() * list.reduce((sum, { weight }) => sum + weight, 0);
      const found = list.find(({ weight }) => {
        left -= weight;
        return left < 0;
      });
      return found ?? at(list, list.length - 1);
    },
  };
}
