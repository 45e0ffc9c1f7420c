import type { Result } from '../answer/codes.ts';
import type { Fields, Value } from '../answer/content.ts';
import type { Members } from '../request/body.ts';
import type { Units } from '../request/units.ts';
import type { Dialect } from '../signing/signing.ts';

/** Every answer of the API. HTTP's status is always 200: clients take any other for a crash of the gateway. */
export interface Answer {
  /** Never missing: clients read that as success. */
  code: number;
  msg: string;
  data?: Readonly<Record<string, Value>> | null;
  traceId: string;
  sign?: string;
  /** Epoch seconds; 3.0: Beijing's wall clock. */
  resTime?: number | string;
}

/** What tells the generations apart. */
export interface Request {
  path: string;
  members: Members;
}

/** A result whose content is in the generation's words. */
export interface Outcome {
  code: number;
  /** Null on success. */
  message: string | null;
  data: Readonly<Record<string, Value>> | null;
}

export interface Envelope {
  now: Date;
  traceId: string;
  /** Signs the members it is given, in the generation's dialect. */
  sign(members: Members): string;
}

/**
 * One generation of DaxPay's clients: how its requests are told from the others', its words and units, and the
 * form of its answers. What a call does is the same for all.
 */
export interface Generation {
  name: string;
  units: Units;
  dialect: Dialect;
  fields: Fields;
  /** What it calls an order's numbers, for error messages; `payBiz` is the merchant's on pay. */
  names: { own: string; biz: string; payBiz: string };
  /** A close may name the channel's number and ask for a cancel. */
  extendedClose: boolean;
  /** Its requests name the merchant (`mchNo`) and the application (`appId`). */
  namesApp: boolean;
  /** True if a request is of this generation, and of none that is asked before it. */
  recognises(request: Request): boolean;
  layOut(outcome: Outcome, envelope: Envelope): Answer;
}

/** True if a request has one of these members, with a value. */
export function hasAny({ members }: Request, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(members, name) && members[name] !== null);
}

/** The answer to what cannot be answered in any generation's form: no JSON, no `reqTime`, no such interface. */
export function unsignedAnswer({ code, message }: Result, traceId: string): Answer {
  return { code, msg: message ?? 'success', traceId };
}
