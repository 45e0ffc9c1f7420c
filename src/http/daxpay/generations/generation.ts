import type { Result } from '../answer/codes.ts';
import type { Fields, Value } from '../answer/content.ts';
import type { Members } from '../request/body.ts';
import type { Units } from '../request/units.ts';
import type { Dialect } from '../signing/signing.ts';

/** An answer of the API. The HTTP status is always 200: clients treat any other as a gateway failure. */
export interface Answer {
  /** Always present: clients treat a missing code as success. */
  code: number;
  msg: string;
  data?: Readonly<Record<string, Value>> | null;
  traceId: string;
  sign?: string;
  /** Epoch seconds; 3.0: Beijing time. */
  resTime?: number | string;
}

/** What distinguishes the generations. */
export interface Request {
  path: string;
  members: Members;
}

/** A result whose content has the generation's field names. */
export interface Outcome {
  code: number;
  /** Null on success. */
  message: string | null;
  data: Readonly<Record<string, Value>> | null;
}

export interface Envelope {
  now: Date;
  traceId: string;
  /** Signs the members, in the generation's dialect. */
  sign(members: Members): string;
}

/**
 * One generation of DaxPay's clients: how to recognize its requests, its field names and units, and the form of its
 * answers. The operations are the same for all.
 */
export interface Generation {
  name: string;
  units: Units;
  dialect: Dialect;
  fields: Fields;
  /** Its names of an order's numbers, for error messages; `payBiz` is the merchant's on pay. */
  names: { own: string; biz: string; payBiz: string };
  /** A close may give the channel's number and request a cancel. */
  extendedClose: boolean;
  /** Its requests name the merchant (`mchNo`) and the application (`appId`). */
  namesApp: boolean;
  /** True if a request is of this generation, assuming that the generations before it in the list did not match. */
  recognizes(request: Request): boolean;
  layOut(outcome: Outcome, envelope: Envelope): Answer;
}

/** True if a request has one of these members, and it is not null. */
export function hasAny({ members }: Request, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(members, name) && members[name] !== null);
}

/** The answer if no generation's form applies: no JSON, no `reqTime`, unknown path. */
export function unsignedAnswer({ code, message }: Result, traceId: string): Answer {
  return { code, msg: message ?? 'success', traceId };
}
