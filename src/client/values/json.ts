import { quoteNumbers } from './quote-numbers.ts';

/** A JSON number in its own digits, which may be more than a JavaScript number keeps. */
export class JsonNumber {
  readonly digits: string;

  constructor(digits: string | number) {
    this.digits = String(digits);
  }
}

/** What is sent. Null members are not sent. */
export type Json = string | boolean | null | JsonNumber | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** What is received: every number has become a string, digit for digit. Signatures do not tell the two apart. */
export type Received = string | boolean | null | readonly Received[] | ReceivedObject;
export interface ReceivedObject {
  readonly [name: string]: Received;
}

/**
 * Reads JSON without losing a digit; `spell` may give a number another spelling. Undefined if it is not JSON, or
 * has numbers or a nesting that no gateway sends. The time it takes grows with the length, whatever the text.
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

/** Compact JSON; members that are null are left out. */
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
