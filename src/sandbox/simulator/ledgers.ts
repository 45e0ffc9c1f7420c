import { simulators } from './simulators.ts';
import type { Ledgers } from './world.ts';

/** What the gateways keep, without any order. */
export function emptyLedgers(): Ledgers {
  const empty = Object.entries(simulators).map(([name, gateway]) => [name, gateway.emptyLedger()]);
  return Object.fromEntries(empty);
}
