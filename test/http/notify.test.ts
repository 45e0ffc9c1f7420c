import { describe, expect, test } from 'vitest';
import { openApi } from './support.ts';

const accepted = { status: 200, contentType: 'text/plain', body: 'success' };

describe.each(['wechat_pay', 'ali_pay', 'union_pay'] as const)('POST /notify/%s', (channel) => {
  const url = `/notify/${channel}`;

  test('passes on the headers and the body byte for byte, and returns the reply', async () => {
    const api = openApi({ receiving: async () => accepted });
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x00, 0x0a, 0x7d]);
    const reply = await api.post(url, bytes, {
      'wechatpay-nonce': 'n1',
      'content-type': 'text/plain;charset=GBK',
    });
    expect([reply.status, reply.contentType, reply.text]).toEqual([200, 'text/plain', 'success']);
    expect(api.notifications).toHaveLength(1);
    expect(api.notifications[0]?.channel).toBe(channel);
    expect(api.notifications[0]?.raw.body.equals(bytes)).toBe(true);
    expect(api.notifications[0]?.raw.headers['wechatpay-nonce']).toBe('n1');
  });

  test('answers a failure without its cause if storing fails; the cause is logged', async () => {
    const api = openApi({ receiving: () => Promise.reject(new Error('ER_SECRET_TABLE')) });
    const reply = await api.post(url, '{}');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toMatch(/success|ER_SECRET_TABLE/i);
    expect(api.log).toMatchObject([
      { level: 'error', fields: { channel, err: { name: 'Error', message: 'ER_SECRET_TABLE' } } },
    ]);
  });

  test('answers a failure if the body is over 64 KiB, and does not process it', async () => {
    const api = openApi({ receiving: async () => accepted });
    const reply = await api.post(url, 'x'.repeat(65_537));
    expect(reply.status).toBe(500);
    expect(api.notifications).toEqual([]);
  });

  test('is not found if the channel is not configured', async () => {
    expect((await openApi({ receiving: async () => null }).post(url, '{}')).status).toBe(404);
  });
});
