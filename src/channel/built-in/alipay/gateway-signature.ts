import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../adapter/json.ts';
import { isSignatureOf, signText } from '../../adapter/signature.ts';

/** The parameters of a call of the older protocol, none of them empty. */
export type Parameters = Readonly<Record<string, string>>;

/** Adds `sign`: RSA2 over all parameters, sorted by name and joined, not encoded (Alipay's signing page). */
export async function signParameters(parameters: Parameters, privateKey: KeyObject): Promise<Parameters> {
  const text = Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return { ...parameters, sign: await signText(text, privateKey) };
}

/** As in a URL's query. Half of a surrogate pair is encoded as it is signed: as U+FFFD. */
export function encodeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(Buffer.from(value).toString())}`)
    .join('&');
}

const objectSchema = z.looseObject({});
const answerSchema = z.looseObject({ sign: z.string().catch('') });

/** An answer's part that Alipay signed, or why there is none. */
export type SignedPart = { data: unknown } | { why: string };

/**
 * Reads `{"NODE":{…},"sign":"…"}`, in UTF-8. The signature covers the raw text of the node; what is returned was parsed from
 * that text alone, so that nothing unsigned is read.
 */
export function readSignedPart(publicKey: KeyObject, node: string, body: Buffer): SignedPart {
  const answer = answerSchema.safeParse(parseJson(body.toString())).data;
  if (answer === undefined || !objectSchema.safeParse(answer[node]).success) return { why: 'not an answer' };
  const { sign } = answer;
  if (sign === '') return { why: 'without a signature' };
  // As Alipay's SDK takes it: from the node's first brace to the last one before the last "sign".
  const from = body.indexOf('{', body.indexOf(`"${node}"`));
  const part = body.subarray(from, body.lastIndexOf('}', body.lastIndexOf('"sign"')) + 1);
  return isSignatureOf(part, sign, publicKey)
    ? { data: parseJson(part.toString()) }
    : { why: 'bad signature' };
}
