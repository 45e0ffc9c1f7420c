import { createDecipheriv, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const ALGORITHM = 'AEAD_AES_256_GCM';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export const resourceSchema = z.object({
  algorithm: z.literal(ALGORITHM),
  ciphertext: z.base64(),
  nonce: z.string().length(NONCE_BYTES),
  associated_data: z.string().nullish(),
});

/**
 * Decrypts a notification's `resource`, AES-256-GCM with the APIv3 key (notification page). Null if its tag is
 * invalid: encrypted with another key, or tampered with.
 */
export function decryptResource(key: KeyObject, resource: z.output<typeof resourceSchema>): string | null {
  const sealed = Buffer.from(resource.ciphertext, 'base64');
  if (sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, resource.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(resource.associated_data ?? ''));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString();
  } catch {
    return null;
  }
}
