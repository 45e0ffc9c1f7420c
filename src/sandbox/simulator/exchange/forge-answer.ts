import { parseJsonObject } from '../format/json-object.ts';
import type { Answer, Call } from '../gateway/call.ts';
import { simulators } from '../simulators.ts';
import type { ForgedState } from './faults.ts';

/**
 * The answer to a query with another state, complete, so that only the signature check can reject it; or with the error
 * "no such order", which WeChat Pay and Alipay v3 never sign. An answer without an order is returned unchanged.
 */
export function forgeAnswer(
  { channel, script }: Pick<Call, 'channel' | 'script'>,
  answer: Answer,
  forged: ForgedState,
): Answer {
  const forgery = Object.values(simulators).find(({ name }) => name === channel)?.forgery;
  if (forgery === undefined) return answer;
  if (forged === 'not_found') return script({ kind: 'error', code: forgery.unknownOrder, status: 404 });
  const body = parseJsonObject(answer.body);
  const claims = body === null ? null : forgery.claim(body, forged);
  return claims === null ? answer : { ...answer, body: JSON.stringify({ ...body, ...claims }) };
}
