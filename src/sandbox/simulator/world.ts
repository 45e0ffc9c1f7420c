import type { AlipayLedger } from './alipay/orders.ts';
import type { SimulatorClock } from './clock.ts';
import type { FaultBook } from './exchange/faults.ts';
import type { Journal } from './exchange/journal.ts';
import type { Staging } from './exchange/staging.ts';
import type { SimulatorKeys } from './keys.ts';
import type { Notifier } from './notify/notifier.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';
import type { UnionpayLedger } from './unionpay/orders.ts';
import type { WechatLedger } from './wechat/orders.ts';

/** Everything that the simulator knows and can do, handed to each of its functions. */
export interface World {
  clock: SimulatorClock;
  keys: SimulatorKeys;
  random: Random;
  settings: Settings;
  wechat: WechatLedger;
  alipay: AlipayLedger;
  unionpay: UnionpayLedger;
  faults: FaultBook;
  staging: Staging;
  journal: Journal;
  notifier: Notifier;
  /** Numbers the channels' own ids. */
  nextId(): number;
}

export function nowMs(world: Pick<World, 'clock'>): number {
  return world.clock.now().getTime();
}
