import { AutocloseError, protocolError } from '../errors.ts';
import type { Generation } from '../generations/generation.ts';
import type { ReceivedObject } from '../values/json.ts';
import { time } from '../values/read-data.ts';
import { isSigned, type SignSettings } from './signing.ts';

export interface Freshness {
  now: () => Date;
  /** 0: any time is accepted. */
  resTimeToleranceS: number;
}

/**
 * Throws an AutocloseError of kind `signature` unless the members are signed with our secret, and of kind `protocol` unless
 * they were signed recently: a recorded answer could be replayed. 2.0.5 may omit the time.
 */
export function verifyAnswer(
  members: ReceivedObject,
  generation: Generation,
  settings: SignSettings,
  { now, resTimeToleranceS }: Freshness,
): void {
  if (!isSigned(members, generation.signRule, settings)) {
    throw new AutocloseError('signature', "the answer's signature is missing or invalid");
  }
  if (resTimeToleranceS === 0) return;
  const signedAt = time(members, 'resTime', generation);
  if (signedAt === null) {
    if (generation.signsTime) throw protocolError('the answer has no resTime');
    return;
  }
  if (Math.abs(now().getTime() - signedAt.getTime()) > resTimeToleranceS * 1000) {
    throw protocolError(`the answer's resTime is more than ${resTimeToleranceS} s from this clock`);
  }
}
