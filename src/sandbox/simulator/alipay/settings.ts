export interface AlipaySettings {
  /** Whether a refund moves the money at once (Y) or settles later (N). */
  alipayFundChange: 'Y' | 'N';
  /** The code with which a close is refused: Alipay's pages and merchants' reports differ. */
  alipayCloseRefusal:
    | 'ACQ.TRADE_STATUS_ERROR'
    | 'ACQ.REASON_TRADE_STATUS_INVALID'
    | 'ACQ.REASON_ILLEGAL_STATUS';
  /** How many cancels answer `retry_flag=Y` without an effect. Counts down. */
  alipayCancelRetries: number;
  /** How far a gateway.do timestamp may be off, ms. The real width is not documented. */
  alipayTimestampWindowMs: number;
  /** gateway.do escapes slashes in its JSON; a signature is valid only over the raw text. */
  escapeSlashes: boolean;
  /** Also notifies TRADE_CLOSED. By default the close of a scanned code is not notified. */
  alipayNotifyClosed: boolean;
  /** The charset of notifications: that of the request, or of the application's older configuration. */
  alipayNotifyCharset: 'utf-8' | 'gbk';
}

export const alipaySettings: AlipaySettings = {
  alipayFundChange: 'Y',
  alipayCloseRefusal: 'ACQ.TRADE_STATUS_ERROR',
  alipayCancelRetries: 0,
  alipayTimestampWindowMs: 10 * 60_000,
  escapeSlashes: true,
  alipayNotifyClosed: false,
  alipayNotifyCharset: 'utf-8',
};
