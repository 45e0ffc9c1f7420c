export interface WechatSettings {
  /** Demand https and no query in `notify_url`, as the real gateway does. */
  strictNotifyUrl: boolean;
  /** Close answers 404 for an unknown number, as documented, instead of the 204 that is seen in practice. */
  strict404: boolean;
  /** What closing answers while the customer is paying: 429 FREQUENCY_LIMITED or 202 USER_PAYING. */
  closeWhilePaying: 429 | 202;
  /** Which of WeChat's two keys signs notifications; during a migration merchants receive both kinds. */
  wechatNotifySignedBy: 'public_key' | 'certificate';
  /**
   * What a code payment answers while its customer types the password, with 202: the transaction as merchants report it, or
   * an error USERPAYING as in v2. The official pages show neither.
   */
  codePayPasswordAnswer: 'transaction' | 'error';
  /** When a code payment is revoked whose password nobody types, ms. */
  codePayRevokesAfterMs: number;
  /** How many reversals answer 202 USERPAYING without an effect, to be asked again. Counts down. */
  wechatReverseRetries: number;
}

export const wechatSettings: WechatSettings = {
  strictNotifyUrl: false,
  strict404: false,
  closeWhilePaying: 429,
  wechatNotifySignedBy: 'public_key',
  codePayPasswordAnswer: 'transaction',
  codePayRevokesAfterMs: 45_000,
  wechatReverseRetries: 0,
};
