/** Switches that several gateways have. */
export interface CommonSettings {
  /** A scanned customer has to type the password, at WeChat and Alipay; else the code pays at once. */
  codePayAsksPassword: boolean;
  /** WeChat's refunds and reversals answer NOT_ENOUGH, Alipay's SELLER_BALANCE_NOT_ENOUGH, UnionPay's 64. */
  balanceNotEnough: boolean;
  /** How long a refund stays in progress, on the simulator's clock, ms. */
  refundSettlesAfterMs: number;
}

export const commonSettings: Readonly<CommonSettings> = {
  codePayAsksPassword: false,
  balanceNotEnough: false,
  refundSettlesAfterMs: 10_000,
};
