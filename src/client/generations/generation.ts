import type { SignRule, SignType } from '../signing/signing.ts';
import type { Json, JsonObject, ReceivedObject } from '../values/json.ts';
import type { CreateRequest, OperationName, Refusal } from '../vocabulary.ts';

export type GenerationName = '2.0.5' | '2.0.6' | '2.0.8' | '3.0';

/** What an answer says, once its signature has been verified. */
export type Opened = { ok: true; data: ReceivedObject } | Refusal;

/** One generation of DaxPay's API: names, spellings, and the form of an answer. */
export interface Generation {
  /** Null where the generation has no such operation. */
  paths: Readonly<Record<OperationName, string | null>>;
  /** What the merchant's number is called in a request. */
  bizNumberNames: Readonly<Record<OperationName, string>>;
  /** The system's number as a member. Throws a TypeError if this generation has no such numbers. */
  orderNumber(orderNo: string): JsonObject;
  /** Members that only this generation sends with an operation. */
  extras: Partial<Record<OperationName, JsonObject>>;
  /** The members of a new order beside those that all generations have in common. */
  createMembers(request: CreateRequest): JsonObject;
  sendsNonce: boolean;
  sendsMerchant: boolean;
  signTypes: readonly SignType[];
  signRule: SignRule;
  /** The spelling of a received number that is signed. */
  spellNumber(digits: string): string;
  writeTime(date: Date): Json;
  readTime(text: string): Date | null;
  writeAmount(fen: number): Json;
  readAmount(text: string): number | null;
  /** Signed answers say when they were made. */
  signsTime: boolean;
  /** Throws an AutocloseError if the answer is none, or what `verify` throws for the members that are signed. */
  open(answer: ReceivedObject, verify: (members: ReceivedObject) => void): Opened;
}
