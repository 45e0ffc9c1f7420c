import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';
import { MAX_BODY_BYTES, type RawBody } from '../../raw-body.ts';

/** A request's top-level members as received; numbers are LosslessNumbers, so that no digit is lost. */
export type Members = Readonly<Record<string, unknown>>;

/** Real requests nest two deep; the limit keeps the parser's recursion bounded. */
const MAX_DEPTH = 16;
/** A 64-bit integer has 20 characters, an amount fewer; nobody means a number that is longer than this. */
const MAX_NUMBER_LENGTH = 64;

export type ParsedBody = { kind: 'members'; members: Members } | { kind: 'unreadable'; message: string };

/**
 * Reads a body: one JSON object in strict UTF-8, whatever charset the headers name. A name given
 * twice with different values is refused, since signer and reader might choose different ones. `__proto__` is a
 * member like any other.
 */
export function parseBody(raw: RawBody): ParsedBody {
  if (raw === 'too_large') return unreadable(`请求体超过 ${MAX_BODY_BYTES} 字节`);
  if (raw === 'cut_off') return unreadable('请求体不完整');
  const value = parseJson(raw);
  return isObject(value) ? { kind: 'members', members: value } : unreadable('请求体不是 JSON 对象');
}

/** The members of an object that is JSON inside of a string, under the limits of a body; null if it is none. */
export function parseObject(text: string): Members | null {
  const value = parseText(text);
  return isObject(value) ? value : null;
}

/** Undefined if it is not JSON. */
function parseJson(raw: Buffer): unknown {
  try {
    return parseText(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return undefined;
  }
}

/** Undefined if it is not JSON. */
function parseText(text: string): unknown {
  try {
    return depthOf(text) > MAX_DEPTH ? undefined : parse(text, null, readNumber);
  } catch {
    return undefined;
  }
}

function readNumber(digits: string): LosslessNumber {
  if (digits.length > MAX_NUMBER_LENGTH) throw new SyntaxError('number too long');
  return new LosslessNumber(digits);
}

/** The deepest nesting of brackets outside of strings, in one pass. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString && character === '\\') at++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function unreadable(message: string): ParsedBody {
  return { kind: 'unreadable', message };
}
