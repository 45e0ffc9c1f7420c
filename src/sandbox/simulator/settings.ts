/** Switches for what the gateways' documents leave open, or what differs between merchants. */
export interface Settings {
  /** Demand https and no query in WeChat's `notify_url`, as the real gateway does. */
  strictNotifyUrl: boolean;
  /** Close answers 404 for an unknown number, as documented, instead of the 204 that is seen in practice. */
  strict404: boolean;
  /** What closing answers while the customer is paying: 429 FREQUENCY_LIMITED or 202 USER_PAYING. */
  closeWhilePaying: 429 | 202;
  /** Which of WeChat's two keys signs notifications; during a migration merchants receive both kinds. */
  wechatNotifySignedBy: 'public_key' | 'certificate';
  /** A scanned customer has to type the password, at both channels; else the code pays at once. */
  codePayAsksPassword: boolean;
  /**
   * What WeChat's code payment answers meanwhile, with 202: the transaction as merchants report it, or an error
   * USERPAYING as in v2. The official pages show neither.
   */
  codePayPasswordAnswer: 'transaction' | 'error';
  /** When WeChat revokes a code payment whose password nobody types. */
  codePayRevokesAfterMs: number;
  /** How many reversals answer 202 USERPAYING without an effect, to be asked again. Counts down. */
  wechatReverseRetries: number;
  /** WeChat's refunds and reversals answer NOT_ENOUGH, Alipay's SELLER_BALANCE_NOT_ENOUGH, UnionPay's 64. */
  balanceNotEnough: boolean;
  /** How long a refund stays in progress, on the simulator's clock. */
  refundSettlesAfterMs: number;
  /** Whether an Alipay refund moves the money at once (Y) or settles later (N). */
  alipayFundChange: 'Y' | 'N';
  /** Why Alipay refuses to close: its pages and merchants' reports spell it differently. */
  alipayCloseRefusal:
    | 'ACQ.TRADE_STATUS_ERROR'
    | 'ACQ.REASON_TRADE_STATUS_INVALID'
    | 'ACQ.REASON_ILLEGAL_STATUS';
  /** How many cancels answer `retry_flag=Y` without an effect. Counts down. */
  alipayCancelRetries: number;
  /** How far a gateway.do timestamp may be off. The real width is not documented. */
  alipayTimestampWindowMs: number;
  /** gateway.do escapes slashes in its JSON; a signature is right only over the raw text. */
  escapeSlashes: boolean;
  /** What a UnionPay query says of an unpaid order before its payTimeout: not found, or its `origRespCode`. */
  unionpayUnpaid: '34' | '05' | '86';
  /** And after it. DaxPay takes 39 for a timeout and 86 for a code that is invalid. */
  unionpayExpired: '34' | '39' | '86';
  /** How UnionPay says paid; A6 is a success with a flaw. */
  unionpayPaid: '00' | 'A6';
  /** A payment that has begun may end after the payTimeout (a bank's own page); its money goes back days later. */
  unionpayBankLate: boolean;
  /** UnionPay accepts an undo, and nothing comes of it. */
  unionpayUndoFails: boolean;
  /** Alipay also notifies TRADE_CLOSED. By default a scanned code's closing is not notified. */
  alipayNotifyClosed: boolean;
  /** In which charset Alipay writes notifications: that of the request, or of the application's older set-up. */
  alipayNotifyCharset: 'utf-8' | 'gbk';
}

export const defaultSettings: Readonly<Settings> = {
  strictNotifyUrl: false,
  strict404: false,
  closeWhilePaying: 429,
  wechatNotifySignedBy: 'public_key',
  codePayAsksPassword: false,
  codePayPasswordAnswer: 'transaction',
  codePayRevokesAfterMs: 45_000,
  wechatReverseRetries: 0,
  balanceNotEnough: false,
  refundSettlesAfterMs: 10_000,
  alipayFundChange: 'Y',
  alipayCloseRefusal: 'ACQ.TRADE_STATUS_ERROR',
  alipayCancelRetries: 0,
  alipayTimestampWindowMs: 10 * 60_000,
  escapeSlashes: true,
  unionpayUnpaid: '34',
  unionpayExpired: '86',
  unionpayPaid: '00',
  unionpayBankLate: false,
  unionpayUndoFails: false,
  alipayNotifyClosed: false,
  alipayNotifyCharset: 'utf-8',
};
