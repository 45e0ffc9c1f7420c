import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';
import { MAX_BODY_BYTES, type RawBody } from '../../raw-body.ts';

/** A request's top-level members as received; numbers are LosslessNumbers, so that no digit is lost. */
export type Members = Readonly<Record<string, unknown>>;

/** Real requests nest two deep; the limit bounds the parser's recursion. */
const MAX_DEPTH = 16;
/** A 64-bit integer has 20 characters, an amount fewer; no valid number is longer than this. */
const MAX_NUMBER_LENGTH = 64;

export type ParsedBody = { kind: 'members'; members: Members } | { kind: 'unreadable'; message: string };

/**
 * Parses a body: one JSON object in strict UTF-8, whatever charset the headers name. Rejects a name that occurs twice with
 * different values, because signer and reader might choose different ones. `__proto__` is an ordinary member.
 */
export function parseBody(raw: RawBody): ParsedBody {
  if (raw === 'too_large') return unreadable(`请求体超过 ${MAX_BODY_BYTES} 字节`);
  if (raw === 'cut_off') return unreadable('请求体不完整');
  const value = parseJson(raw);
  return isObject(value) ? { kind: 'members', members: value } : unreadable('请求体不是 JSON 对象');
}

/** The members of a JSON object inside a string, within the limits of a body; null if it is not one. */
export function parseObject(text: string): Members | null {
  const value = parseText(text);
  return isObject(value) ? value : null;
}

/** Undefined if the bytes are not JSON. */
function parseJson(raw: Buffer): unknown {
  try {
    return parseText(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return undefined;
  }
}

/** Undefined if the text is not JSON. */
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

/** The deepest nesting of brackets outside strings, in one pass. */
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
