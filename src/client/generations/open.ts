import { AutocloseError, protocolError } from '../errors.ts';
import { isReceivedObject, type ReceivedObject } from '../json.ts';
import type { Opened } from './generation.ts';

type IsSigned = (members: ReceivedObject) => boolean;

/**
 * 2.0.6 and 2.0.8: the outer code says only that the call was understood; the result is in `data`, whose own
 * members are signed. A call that was not understood has no signature, and so says nothing of the order.
 */
export function openEnvelope(answer: ReceivedObject, isSigned: IsSigned): Opened {
  const outer = codeOf(answer);
  if (outer !== 0)
    throw protocolError(`the gateway did not understand the call: ${outer} ${messageOf(answer)}`);
  const { data } = answer;
  if (!isReceivedObject(data)) throw new AutocloseError('signature', 'the answer has no signed data');
  return openSigned(data, data, isSigned);
}

/**
 * 2.0.5: a failure is in the outer code and nothing signs it; a close has no data, so that nothing signs its
 * success either. Data that is there is signed.
 */
export function openLooseEnvelope(answer: ReceivedObject, isSigned: IsSigned): Opened {
  const code = codeOf(answer);
  if (code !== 0) return { ok: false, code, message: messageOf(answer) };
  const { data } = answer;
  if (data === undefined || data === null) return { ok: true, data: {} };
  if (!isReceivedObject(data)) throw protocolError('data is no object');
  return openSigned({ code: '0', ...data }, data, isSigned);
}

/** 3.0: one flat answer, signed as a whole, with `data` in it. */
export function openFlat(answer: ReceivedObject, isSigned: IsSigned): Opened {
  const { data } = answer;
  if (data !== undefined && data !== null && !isReceivedObject(data))
    throw protocolError('data is no object');
  return openSigned(answer, answer, isSigned, data ?? {});
}

function openSigned(
  result: ReceivedObject,
  signed: ReceivedObject,
  isSigned: IsSigned,
  data: ReceivedObject = result,
): Opened {
  const code = codeOf(result);
  if (!isSigned(signed)) throw new AutocloseError('signature', "the answer's signature is missing or wrong");
  return code === 0 ? { ok: true, data } : { ok: false, code, message: messageOf(result) };
}

/** An answer without a code is no success. */
function codeOf({ code }: ReceivedObject): number {
  if (typeof code !== 'string' || !/^\d{1,9}$/.test(code)) throw protocolError('the answer has no code');
  return Number(code);
}

function messageOf({ msg }: ReceivedObject): string {
  return typeof msg === 'string' ? msg : '';
}
