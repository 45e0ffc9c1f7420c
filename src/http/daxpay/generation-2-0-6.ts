import { isLosslessNumber } from 'lossless-json';
import type { Generation } from './generation.ts';

/**
 * DaxPay 2.0.6. The outer code only says that the call was understood; the business result is in `data`, whose own
 * members are signed. Only members that the client's class knows may be in there, or it cannot verify the
 * signature. `sign` and `resTime` are repeated outside for clients that follow the flat example of the
 * documentation.
 */
export const generation206: Generation = {
  name: '2.0.6',
  recognises: () => true,
  readReqTime(reqTime) {
    const digits = isLosslessNumber(reqTime) ? reqTime.value : reqTime;
    return typeof digits === 'string' && /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  },
  layOut(result, { resTime, traceId, sign }) {
    const members = withoutNulls({ code: result.code, msg: result.message, ...result.members, resTime });
    const signature = sign(members);
    const data = { ...members, sign: signature };
    return { code: 0, msg: 'success', data, traceId, sign: signature, resTime };
  },
};

function withoutNulls(
  members: Record<string, string | number | null>,
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
