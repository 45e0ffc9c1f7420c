import { quoteNumbers } from './quote-numbers.ts';

/** A JSON number as digits, which may be more than a JavaScript number can hold. */
export class JsonNumber {
  readonly digits: string;

  constructor(digits: string | number) {
    this.digits = String(digits);
  }
}

/** JSON to send. Null members are omitted. */
export type Json = string | boolean | null | JsonNumber | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Received JSON: every number is a string with its digits. Signatures do not distinguish the two. */
export type Received = string | boolean | null | readonly Received[] | ReceivedObject;
export interface ReceivedObject {
  readonly [name: string]: Received;
}

/**
 * Parses JSON without losing digits; `spell` may rewrite a number. Undefined if it is not JSON, or has numbers or nesting
 * that no gateway sends. Takes linear time for any text.
 */
export function readJson(
  text: string,
  spell: (digits: string) => string = (digits) => digits,
): Received | undefined {
  const quoted = quoteNumbers(text, spell);
  if (quoted === null) return undefined;
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

/** Compact JSON; null members are omitted. */
export function writeJson(value: Json): string {
  if (value instanceof JsonNumber) return value.digits;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, each]) => each !== null)
    .map(([name, each]) => `${JSON.stringify(name)}:${writeJson(each)}`);
  return `{${members.join(',')}}`;
}

export function isReceivedObject(value: Received | undefined): value is ReceivedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
