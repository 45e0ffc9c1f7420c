import { alipaySimulator } from './alipay/index.ts';
import { type CommonSettings, commonSettings } from './settings.ts';
import { unionpaySimulator } from './unionpay/index.ts';
import { wechatSimulator } from './wechat/index.ts';
import type { World } from './world.ts';

/** The gateways. */
export const simulators = {
  wechat: wechatSimulator,
  alipay: alipaySimulator,
  unionpay: unionpaySimulator,
};

type Simulators = typeof simulators;
type Each = Simulators[keyof Simulators];

/** The intersection of a union's members. */
type AllOf<Union> = (Union extends unknown ? (member: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The gateways by their names in the product's interface. */
export type ChannelName = Each['name'];

/** The names of all RSA key pairs. */
export type PairName = Each['pairNames'][number] | 'stranger';

/** Keys and account numbers by gateway. */
export type SimulatorKeys = World['keys'] & {
  [Name in keyof Simulators]: ReturnType<Simulators[Name]['keysOf']>;
};

/** The product's environment variables for all gateways. */
export type SimulatorEnvironment = AllOf<ReturnType<Each['env']>>;

/** Switches for what the gateways' documents leave open, or for differences between merchants. */
export type Settings = CommonSettings & AllOf<Each['settings']>;

/** Each gateway's stored orders. */
type Ledgers = { [Name in keyof Simulators]: ReturnType<Simulators[Name]['emptyLedger']> };

/** The simulator's state and services. */
export type WholeWorld = Omit<World, 'keys' | 'settings'> &
  Ledgers & { keys: SimulatorKeys; settings: Settings };

export const defaultSettings: Readonly<Settings> = Object.assign(
  { ...commonSettings },
  ...Object.values(simulators).map(({ settings }) => settings),
);

/** Without orders. */
export function emptyLedgers(): Ledgers {
  const empty = Object.entries(simulators).map(([name, gateway]) => [name, gateway.emptyLedger()]);
  return Object.fromEntries(empty);
}
