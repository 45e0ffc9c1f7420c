import { type KeyObject, randomUUID } from 'node:crypto';
import { systemClock } from '../../../platform/clock/clock.ts';
import { isSignatureOf, type Signed, signedBytes, signText, textHeaders } from '../../adapter/signature.ts';
import type { AlipayConfig } from './config.ts';

const SCHEME = 'ALIPAY-SHA256withRSA';

/**
 * The `Authorization` header of REST v3 (Alipay signing page): over the application, the method, the path with its query,
 * and the body. Signed with this machine's time.
 */
export async function authorize(
  { appId, privateKey }: Pick<AlipayConfig, 'appId' | 'privateKey'>,
  method: string,
  path: string,
  body: string,
): Promise<string> {
  const caller = `app_id=${appId},nonce=${randomUUID()},timestamp=${systemClock.now().getTime()}`;
  const signature = await signText(`${caller}\n${method}\n${path}\n${body}\n`, privateKey);
  return `${SCHEME} ${caller},sign=${signature}`;
}

/** Why an answer of REST v3 is not from Alipay, or null if it is. The signature covers the raw body. */
export function distrust(publicKey: KeyObject, answer: Signed): string | null {
  const texts = textHeaders(answer, 'alipay-', ['timestamp', 'nonce', 'signature']);
  if (texts === null) return 'without a signature';
  const bytes = signedBytes(texts.timestamp, texts.nonce, answer.body);
  return isSignatureOf(bytes, texts.signature, publicKey) ? null : 'bad signature';
}
