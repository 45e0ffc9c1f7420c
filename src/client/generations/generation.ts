import type { SignRule, SignType } from '../signing/signing.ts';
import type { Json, JsonObject, ReceivedObject } from '../values/json.ts';
import type { CreateRequest, OperationName, Refusal } from '../vocabulary.ts';

export type GenerationName = '2.0.5' | '2.0.6' | '2.0.8' | '3.0';

/** The content of an answer whose signature has been verified. */
export type Opened = { ok: true; data: ReceivedObject } | Refusal;

/** One generation of DaxPay's API: names, formats, and the form of answers. */
export interface Generation {
  /** Null if the generation does not have the operation. */
  paths: Readonly<Record<OperationName, string | null>>;
  /** The merchant number's name in a request. */
  bizNumberNames: Readonly<Record<OperationName, string>>;
  /** The system's number as a member. Throws a TypeError if it is invalid in this generation. */
  orderNumber(orderNo: string): JsonObject;
  /** Members that only this generation sends with an operation. */
  extras: Partial<Record<OperationName, JsonObject>>;
  /** The members of a new order besides those that all generations share. */
  createMembers(request: CreateRequest): JsonObject;
  sendsNonce: boolean;
  sendsMerchant: boolean;
  signTypes: readonly SignType[];
  signRule: SignRule;
  /** The form in which a received number is signed. */
  spellNumber(digits: string): string;
  writeTime(date: Date): Json;
  readTime(text: string): Date | null;
  writeAmount(fen: number): Json;
  readAmount(text: string): number | null;
  /** Signed answers contain their time. */
  signsTime: boolean;
  /** Throws an AutocloseError if the answer is invalid, or what `verify` throws for the signed members. */
  open(answer: ReceivedObject, verify: (members: ReceivedObject) => void): Opened;
}
