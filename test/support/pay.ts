import { openShop } from '../../src/sandbox/quickstart/shop.ts';
import { SIGN_SECRET, type World } from './world.ts';

/** Creates an order over HTTP, like a merchant, at the world's address. It expires after a whole number of seconds. */
export async function payOverHttp(world: World, bizOrderNo: string, expiresInS: number): Promise<Response> {
  const url = world.env.PUBLIC_URL ?? '';
  const { signed } = openShop(url, { signSecret: SIGN_SECRET, signType: 'HMAC_SHA256' });
  const body = signed({
    bizOrderNo,
    title: 't',
    channel: 'wechat_pay',
    method: 'qrcode',
    amount: 100,
    expiredTime: Math.floor(Date.now() / 1000) + expiresInS,
  });
  return fetch(`${url}/unipay/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
}
