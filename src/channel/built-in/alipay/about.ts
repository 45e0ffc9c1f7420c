import type { AboutChannel } from '../about-channel.ts';

export const aboutAlipay = {
  name: 'ali_pay',
  label: { zh: '支付宝', en: 'Alipay' },
  caveats: { qrcode: 'soft', wap: 'soft', app: 'soft' },
  notifications: {
    contentType: 'application/x-www-form-urlencoded',
    /** Only the body `success` stops Alipay's redeliveries (notification page). */
    replies: {
      accepted: { status: 200, contentType: 'text/plain', body: 'success' },
      failed: { status: 200, contentType: 'text/plain', body: 'failure' },
    },
  },
} as const satisfies AboutChannel;
