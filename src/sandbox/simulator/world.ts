import type { SimulatorClock } from './clock.ts';
import type { FaultBook } from './exchange/faults.ts';
import type { Journal } from './exchange/journal.ts';
import type { Staging } from './exchange/staging.ts';
import type { KeyPair } from './format/pem.ts';
import type { Notifier } from './notify/notifier.ts';
import type { Random } from './random.ts';
import type { CommonSettings } from './settings.ts';

/** What all gateways share; passed to each of their functions. */
export interface World {
  clock: SimulatorClock;
  keys: {
    /** Signs where a signature must be wrong. */
    stranger: KeyPair;
  };
  random: Random;
  settings: CommonSettings;
  faults: FaultBook;
  staging: Staging;
  journal: Journal;
  notifier: Notifier;
  /** Numbers the channels' ids. */
  nextId(): number;
}

export function nowMs(world: Pick<World, 'clock'>): number {
  return world.clock.now().getTime();
}
