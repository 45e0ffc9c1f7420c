import type { AboutChannel } from '../about-channel.ts';

const reply = (status: number, code: string, message: string) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ code, message }),
});

export const aboutWechat = {
  name: 'wechat_pay',
  label: { zh: '微信支付', en: 'WeChat Pay' },
  needs: [{ method: 'wap', field: 'clientIp', because: '微信 H5 支付' }],
  caveats: { barcode: 'reverse' },
  notifications: {
    contentType: 'application/json',
    /** 200 or 204 stops WeChat Pay's redeliveries; anything else causes one (notification page). */
    replies: { accepted: reply(200, 'SUCCESS', 'OK'), failed: reply(500, 'FAIL', 'not accepted') },
  },
} as const satisfies AboutChannel;
