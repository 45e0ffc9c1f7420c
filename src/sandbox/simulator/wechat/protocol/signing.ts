import { createSign, createVerify, type KeyObject } from 'node:crypto';
import type { Distortion } from '../../exchange/faults.ts';
import { header, type WireRequest } from '../../exchange/wire.ts';
import type { Random } from '../../random.ts';
import type { World } from '../world.ts';

/** Timestamps may be off by five minutes (WeChat Pay signing pages). */
const MAX_SKEW_S = 300;
const DEFAULT_SKEW_S = 600;
const AUTHORIZATION = /^WECHATPAY2-SHA256-RSA2048 (.+)$/;
/** A merchant must reject these signatures (WeChat Pay page 4013053249). */
const SIGNTEST = 'WECHATPAY/SIGNTEST/';

/** `METHOD\nurl\ntimestamp\nnonce\nbody\n`, the text that a merchant signs. */
export function requestText(
  method: string,
  target: string,
  timestamp: string,
  nonce: string,
  body: string,
): string {
  return `${method}\n${target}\n${timestamp}\n${nonce}\n${body}\n`;
}

/** `timestamp\nnonce\nbody\n`, the text that WeChat Pay signs in replies and notifications. */
export function replyText(timestamp: string, nonce: string, body: string): string {
  return `${timestamp}\n${nonce}\n${body}\n`;
}

/** Null if the merchant's signature is valid, else the reason. */
export function distrust(keys: World['keys'], request: WireRequest): string | null {
  const [, list] = AUTHORIZATION.exec(header(request, 'authorization')) ?? [];
  if (list === undefined) return 'Http头缺少Authorization或格式有误';
  const fields = new Map([...list.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  const { timestamp, nonce, signature, serial } = {
    timestamp: fields.get('timestamp') ?? '',
    nonce: fields.get('nonce_str') ?? '',
    signature: fields.get('signature') ?? '',
    serial: fields.get('serial_no') ?? '',
  };
  if (fields.get('mchid') !== keys.wechat.mchId) return '商户号与签名不匹配';
  if (serial !== keys.wechat.serialNo) return '商户证书序列号有误';
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= MAX_SKEW_S)) {
    return 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟';
  }
  const text = requestText(request.method, request.target, timestamp, nonce, request.body.toString());
  const verifier = createVerify('sha256').update(text);
  return verifier.verify(keys.wechat.merchant.publicKey, signature, 'base64') ? null : '错误的签名，验签失败';
}

interface Signer {
  keys: World['keys'];
  random: Random;
}

/**
 * The four `Wechatpay-*` headers over exactly these bytes. `serial` names the key: the platform's public key
 * or its certificate. Timestamps are real time, because the SDKs check them against it.
 */
export function signatureHeaders(
  { keys, random }: Signer,
  body: string,
  serial: string,
  distortion: Distortion | null,
): Record<string, string> {
  if (distortion?.kind === 'missing_headers') return {};
  const skew = distortion?.kind === 'timestamp_skew' ? (distortion.seconds ?? DEFAULT_SKEW_S) : 0;
  const timestamp = String(Math.floor(Date.now() / 1000) - skew);
  const nonce = random.text(32);
  const { publicKeyId, platform, certificate } = keys.wechat;
  const rightful: KeyObject = serial === publicKeyId ? platform.privateKey : certificate.privateKey;
  const key = distortion?.kind === 'bad_signature' ? keys.stranger.privateKey : rightful;
  const signature = createSign('sha256')
    .update(replyText(timestamp, nonce, body))
    .sign(key, 'base64');
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': distortion?.kind === 'signtest' ? `${SIGNTEST}${signature}` : signature,
    'Wechatpay-Serial': distortion?.kind === 'unknown_serial' ? `${serial}0000` : serial,
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
}
