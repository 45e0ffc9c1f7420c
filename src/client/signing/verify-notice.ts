import { AutocloseError, protocolError } from '../errors.ts';
import type { Generation } from '../generations/generation.ts';
import { decode } from '../post.ts';
import { isReceivedObject, readJson } from '../values/json.ts';
import { readNotice, time } from '../values/read-data.ts';
import type { Notice } from '../vocabulary.ts';
import { isSigned, type SignSettings } from './signing.ts';

/** Real notices have a few KiB. */
const MAX_NOTICE_BYTES = 64 * 1024;

/**
 * Parses the body of a notice, byte for byte as received, after verifying its signature. The order's members may be the
 * body's or, in DaxPay 3.0, those of its `data`. Does not check its time, since a notice is retried for a day. Throws an
 * AutocloseError of kind `protocol` or `signature`.
 */
export function readSignedNotice(
  rawBody: string | Uint8Array,
  generation: Generation,
  settings: SignSettings,
): Notice {
  if (Buffer.byteLength(rawBody) > MAX_NOTICE_BYTES) {
    throw protocolError(`the notice is longer than ${MAX_NOTICE_BYTES} bytes`);
  }
  const json = typeof rawBody === 'string' ? rawBody : decode(rawBody);
  const body = readJson(json, generation.spellNumber);
  if (!isReceivedObject(body)) throw protocolError('the notice is not a JSON object');
  if (!isSigned(body, generation.signRule, settings)) {
    throw new AutocloseError('signature', "the notice's signature is missing or invalid");
  }
  const data = isReceivedObject(body.data) ? body.data : body;
  return readNotice(data, time(body, 'resTime', generation), generation);
}
