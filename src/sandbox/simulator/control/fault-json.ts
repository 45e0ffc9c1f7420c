import type { Fault, FaultKind } from '../exchange/faults.ts';
import { asObject, type JsonObject } from '../format/json-object.ts';
import { operations } from '../gateway/operations.ts';

/** The fields of each kind; the compiler keeps this complete. */
const needs: Record<FaultKind, Record<string, 'string' | 'number'>> = {
  status: { status: 'number' },
  rate_limited: {},
  user_paying: {},
  unknown_error: {},
  error: { code: 'string' },
  bad_signature: {},
  missing_headers: {},
  signtest: {},
  timestamp_skew: {},
  unknown_serial: {},
  truncated_body: {},
  wrong_content_type: {},
  latency: { ms: 'number' },
  hang: {},
  reset: {},
  lost_reply: {},
  stale_read: {},
};

const optional: Record<string, readonly unknown[]> = {
  when: ['before', 'after'],
  format: ['json', 'html'],
  forged: ['paid', 'closed', 'not_found'],
};

const matchTypes: Record<string, 'string' | 'number'> = {
  channel: 'string',
  operation: 'string',
  orderNo: 'string',
  nth: 'number',
  times: 'number',
  probability: 'number',
};

/** Parses a fault from HTTP; throws with the reason if it is invalid. */
export function readFault(body: JsonObject): Fault {
  if (!isFault(body)) throw new Error(`not a fault: ${JSON.stringify(body)}`);
  return body;
}

function isFault(body: JsonObject): body is JsonObject & Fault {
  const fields = Object.entries(needs).find(([kind]) => kind === body.kind)?.[1];
  if (fields === undefined) return false;
  const complete = Object.entries(fields).every(([name, type]) => typeof body[name] === type);
  const choices = Object.entries(optional).every(
    ([name, allowed]) => body[name] === undefined || allowed.includes(body[name]),
  );
  return complete && choices && isMatch(body.match);
}

function isMatch(value: unknown): boolean {
  if (value === undefined) return true;
  const match = asObject(value);
  if (match === null) return false;
  const { operation } = match;
  if (operation !== undefined && !operations.some((known) => known === operation)) return false;
  return Object.entries(match).every(([name, part]) => typeof part === matchTypes[name]);
}
