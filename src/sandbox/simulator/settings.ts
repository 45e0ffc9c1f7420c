import { simulators } from './simulators.ts';
import type { AllOf, Each } from './world.ts';

const common = {
  /** A scanned customer has to type the password, at WeChat and Alipay; else the code pays at once. */
  codePayAsksPassword: false,
  /** WeChat's refunds and reversals answer NOT_ENOUGH, Alipay's SELLER_BALANCE_NOT_ENOUGH, UnionPay's 64. */
  balanceNotEnough: false,
  /** How long a refund stays in progress, on the simulator's clock, ms. */
  refundSettlesAfterMs: 10_000,
};

/** Switches for what the gateways' documents leave open, or what differs between merchants. */
export type Settings = typeof common & AllOf<Each['settings']>;

export const defaultSettings: Readonly<Settings> = Object.assign(
  { ...common },
  ...Object.values(simulators).map(({ settings }) => settings),
);
