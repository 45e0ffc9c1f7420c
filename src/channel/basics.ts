/** How the customer pays, as named in DaxPay's API. */
export const payMethods = ['wap', 'app', 'web', 'qrcode', 'barcode', 'jsapi', 'other', 'normal'] as const;
export type PayMethod = (typeof payMethods)[number];

/** The reply to a notification that the channel expects. */
export interface NotificationReply {
  status: number;
  contentType: string;
  body: string;
}
