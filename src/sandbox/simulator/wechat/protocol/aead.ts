import { createCipheriv } from 'node:crypto';
import type { Random } from '../../random.ts';
import type { World } from '../world.ts';

export interface EncryptedResource {
  algorithm: 'AEAD_AES_256_GCM';
  nonce: string;
  associated_data: string;
  ciphertext: string;
}

/** AES-256-GCM with the APIv3 key (WeChat Pay notification page). */
export function encryptResource(
  world: { keys: World['keys']; random: Random },
  text: string,
  associatedData: string,
): EncryptedResource {
  const nonce = world.random.text(12);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    nonce,
    associated_data: associatedData,
    ciphertext: seal(world.keys.wechat.apiV3Key, nonce, text, associatedData),
  };
}

/** Base64 of the ciphertext followed by its tag. */
export function seal(key: string, nonce: string, text: string, associatedData: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associatedData));
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
}
