import { AutocloseError, protocolError } from '../errors.ts';
import { isReceivedObject, type ReceivedObject } from '../values/json.ts';
import type { Opened } from './generation.ts';

type Verify = (members: ReceivedObject) => void;

/**
 * 2.0.6 and 2.0.8: the outer code only says that the call was understood; the result is in `data`, whose own members are
 * signed. If the call was not understood, nothing is signed, and the order's state is unknown.
 */
export function openEnvelope(answer: ReceivedObject, verify: Verify): Opened {
  const outer = codeOf(answer);
  if (outer !== 0)
    throw protocolError(`the gateway did not understand the call: ${outer} ${messageOf(answer)}`);
  const { data } = answer;
  if (!isReceivedObject(data)) throw new AutocloseError('signature', 'the answer has no signed data');
  return openSigned(data, data, verify);
}

/**
 * 2.0.5: a failure is in the outer code and is not signed; the success of a close has no data and is not signed either. Data
 * is always signed.
 */
export function openLooseEnvelope(answer: ReceivedObject, verify: Verify): Opened {
  const code = codeOf(answer);
  if (code !== 0) return { ok: false, code, message: messageOf(answer) };
  const { data } = answer;
  if (data === undefined || data === null) return { ok: true, data: {} };
  if (!isReceivedObject(data)) throw protocolError('data is not an object');
  return openSigned({ code: '0', ...data }, data, verify);
}

/** 3.0: one flat answer, signed as a whole, including `data`. */
export function openFlat(answer: ReceivedObject, verify: Verify): Opened {
  const { data } = answer;
  if (data !== undefined && data !== null && !isReceivedObject(data))
    throw protocolError('data is not an object');
  return openSigned(answer, answer, verify, data ?? {});
}

function openSigned(
  result: ReceivedObject,
  signed: ReceivedObject,
  verify: Verify,
  data: ReceivedObject = result,
): Opened {
  const code = codeOf(result);
  verify(signed);
  return code === 0 ? { ok: true, data } : { ok: false, code, message: messageOf(result) };
}

/** An answer without a code is not a success. */
function codeOf({ code }: ReceivedObject): number {
  if (typeof code !== 'string' || !/^\d{1,9}$/.test(code)) throw protocolError('the answer has no code');
  return Number(code);
}

function messageOf({ msg }: ReceivedObject): string {
  return typeof msg === 'string' ? msg : '';
}
