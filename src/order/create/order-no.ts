import { randomBytes } from 'node:crypto';

/** Without the letters that look like digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_CHARACTERS = 10;

/**
 * Returns a new order number (订单号): letters and digits only (UnionPay allows no others), 29 characters (channels allow
 * 32), sortable by time, unique across processes without coordination: 50 random bits per millisecond. It starts with
 * letters, so it cannot be mistaken for an id and is a valid BullMQ job id.
 */
export function newOrderNo(now: Date): string {
  const time = now.toISOString().replace(/\D/g, '');
  const random = Array.from(randomBytes(RANDOM_CHARACTERS), (byte) => ALPHABET[byte % ALPHABET.length]);
  return `AC${time}${random.join('')}`;
}
