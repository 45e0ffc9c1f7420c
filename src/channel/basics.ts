/** How the customer pays; the wire's own words. */
export const payMethods = ['wap', 'app', 'web', 'qrcode', 'barcode', 'jsapi', 'other', 'normal'] as const;
export type PayMethod = (typeof payMethods)[number];

/** What the channel expects to read from us. */
export interface NotificationReply {
  status: number;
  contentType: string;
  body: string;
}
