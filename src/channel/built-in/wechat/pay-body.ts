import { type KeyObject, randomBytes, sign } from 'node:crypto';
import type { WechatConfig } from './config.ts';

type Signer = Pick<WechatConfig, 'appId' | 'mchId' | 'privateKey'>;

/** What the page inside WeChat passes to `WeixinJSBridge` or `wx.requestPayment`, as JSON (JSAPI call page). */
export function jsapiPayBody({ appId, privateKey }: Signer, prepayId: string, now: Date): string {
  const timeStamp = unixSeconds(now);
  const nonceStr = newNonce();
  const packaged = `prepay_id=${prepayId}`;
  const paySign = signLines(privateKey, appId, timeStamp, nonceStr, packaged);
  return JSON.stringify({ appId, timeStamp, nonceStr, package: packaged, signType: 'RSA', paySign });
}

/** What the merchant's app passes to WeChat's SDK, as JSON (app call page). */
export function appPayBody({ appId, mchId, privateKey }: Signer, prepayId: string, now: Date): string {
  const timestamp = unixSeconds(now);
  const noncestr = newNonce();
  return JSON.stringify({
    appid: appId,
    partnerid: mchId,
    prepayid: prepayId,
    package: 'Sign=WXPay',
    noncestr,
    timestamp,
    sign: signLines(privateKey, appId, timestamp, noncestr, prepayId),
  });
}

/** The URL that the customer's browser opens; it returns to `returnUrl` (H5 call page). */
export function h5PayBody(h5Url: string, returnUrl: string | null): string {
  if (!returnUrl) return h5Url;
  const joint = h5Url.includes('?') ? '&' : '?';
  return `${h5Url}${joint}${new URLSearchParams({ redirect_url: returnUrl })}`;
}

/** Each line ends with a line feed, including the last. */
function signLines(key: KeyObject, ...lines: string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  return sign('sha256', Buffer.from(text), key).toString('base64');
}

function unixSeconds(now: Date): string {
  return String(Math.floor(now.getTime() / 1000));
}

function newNonce(): string {
  return randomBytes(16).toString('hex');
}
