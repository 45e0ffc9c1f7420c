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

/** What has all that the members of a union have. */
type AllOf<Union> = (Union extends unknown ? (member: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The gateways, by the names that the product's own interface uses for them. */
export type ChannelName = Each['name'];

/** The names of all RSA key pairs. */
export type PairName = Each['pairNames'][number] | 'stranger';

/** Everyone's keys and numbers, by gateway. */
export type SimulatorKeys = World['keys'] & {
  [Name in keyof Simulators]: ReturnType<Simulators[Name]['keysOf']>;
};

/** Environment variables with which the product talks to all gateways. */
export type SimulatorEnvironment = AllOf<ReturnType<Each['env']>>;

/** Switches for what the gateways' documents leave open, or what differs between merchants. */
export type Settings = CommonSettings & AllOf<Each['settings']>;

/** What each gateway keeps. */
type Ledgers = { [Name in keyof Simulators]: ReturnType<Simulators[Name]['emptyLedger']> };

/** Everything that the simulator knows and can do. */
export type WholeWorld = Omit<World, 'keys' | 'settings'> &
  Ledgers & { keys: SimulatorKeys; settings: Settings };

export const defaultSettings: Readonly<Settings> = Object.assign(
  { ...commonSettings },
  ...Object.values(simulators).map(({ settings }) => settings),
);

/** Without any order. */
export function emptyLedgers(): Ledgers {
  const empty = Object.entries(simulators).map(([name, gateway]) => [name, gateway.emptyLedger()]);
  return Object.fromEntries(empty);
}
