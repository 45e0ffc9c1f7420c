export interface WechatSettings {
  /** Requires https and no query in `notify_url`, as the real gateway does. */
  strictNotifyUrl: boolean;
  /** Close answers 404 for an unknown number, as documented, instead of 204 as in practice. */
  strict404: boolean;
  /** Close's answer while the customer is paying: 429 FREQUENCY_LIMITED or 202 USER_PAYING. */
  closeWhilePaying: 429 | 202;
  /** Which of WeChat's two keys signs notifications; during a migration merchants receive both kinds. */
  wechatNotifySignedBy: 'public_key' | 'certificate';
  /**
   * A code payment's 202 while the customer types the password: the transaction, as merchants report, or
   * the error USERPAYING, as in v2. The official pages show neither.
   */
  codePayPasswordAnswer: 'transaction' | 'error';
  /** After this time a code payment without a password is revoked, ms. */
  codePayRevokesAfterMs: number;
  /** How many reversals answer 202 USERPAYING without an effect and must be repeated. Counts down. */
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
