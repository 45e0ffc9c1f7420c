import type { Members } from './body.ts';
import type { Result } from './codes.ts';

/** Every answer of the API. HTTP's status is always 200: clients take any other for a crash of the gateway. */
export interface Answer {
  code: number;
  msg: string;
  data?: Readonly<Record<string, string | number>>;
  traceId: string;
  sign?: string;
  resTime?: number;
}

/**
 * One generation of DaxPay's clients: how its requests are told from the others', and the form of its answers.
 * What a call does is the same for all.
 */
export interface Generation {
  name: string;
  /** True if a request with these members is of this generation. */
  recognises(members: Members): boolean;
  /** The moment a request was sent, epoch seconds; null if `reqTime` does not say. */
  readReqTime(reqTime: unknown): number | null;
  /** `resTime` is in epoch seconds; `sign` signs the members it is given. */
  layOut(
    result: Result,
    context: { resTime: number; traceId: string; sign(members: Members): string },
  ): Answer;
}

/** The answer to what cannot be answered in any generation's form: no JSON, no `reqTime`, no such interface. */
export function unsignedAnswer({ code, message }: Result, traceId: string): Answer {
  return { code, msg: message ?? 'success', traceId };
}
