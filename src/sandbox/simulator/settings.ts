/** Switches common to several gateways. */
export interface CommonSettings {
  /** The customer of a code payment must type the password, at WeChat and Alipay; else it is paid at once. */
  codePayAsksPassword: boolean;
  /** WeChat's refunds and reversals answer NOT_ENOUGH, Alipay's SELLER_BALANCE_NOT_ENOUGH, UnionPay's 64. */
  balanceNotEnough: boolean;
  /** How long a refund is in progress, on the simulator's clock, ms. */
  refundSettlesAfterMs: number;
}

export const commonSettings: Readonly<CommonSettings> = {
  codePayAsksPassword: false,
  balanceNotEnough: false,
  refundSettlesAfterMs: 10_000,
};
