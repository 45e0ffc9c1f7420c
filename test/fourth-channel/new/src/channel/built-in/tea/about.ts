import type { AboutChannel } from '../about-channel.ts';

const reply = (status: number, body: string) => ({ status, contentType: 'text/plain', body });

export const aboutTea = {
  name: 'tea_pay',
  label: { zh: '茶付', en: 'Tea Pay' },
  caveats: {},
  notifications: {
    contentType: 'application/json',
    replies: { accepted: reply(200, 'ok'), failed: reply(500, 'again') },
  },
} as const satisfies AboutChannel;
