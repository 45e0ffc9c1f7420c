import type { AboutChannel } from '../about-channel.ts';

export const aboutUnionpay = {
  name: 'union_pay',
  label: { zh: '云闪付', en: 'UnionPay' },
  caveats: { qrcode: 'wait' },
  knowsByCreatedAt: true,
  notifications: {
    contentType: 'application/x-www-form-urlencoded',
    /** HTTP 200 stops UnionPay's redeliveries, whatever the body. */
    replies: {
      accepted: { status: 200, contentType: 'text/plain', body: 'ok' },
      failed: { status: 500, contentType: 'text/plain', body: 'fail' },
    },
  },
} as const satisfies AboutChannel;
