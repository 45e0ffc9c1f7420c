import { parseJsonObject } from '../format/json-object.ts';
import type { Answer, Call } from '../gateway/call.ts';
import { simulators } from '../simulators.ts';
import type { Lie } from './faults.ts';

/**
 * The answer to a query with another state, complete, so that only the signature check can reject it; or with the error
 * "no such order", which WeChat Pay and Alipay v3 never sign. An answer without an order is returned unchanged.
 */
export function tellLie(
  { channel, script }: Pick<Call, 'channel' | 'script'>,
  answer: Answer,
  lie: Lie,
): Answer {
  const lies = Object.values(simulators).find(({ name }) => name === channel)?.lies;
  if (lies === undefined) return answer;
  if (lie === 'not_found') return script({ kind: 'error', code: lies.unknownOrder, status: 404 });
  const body = parseJsonObject(answer.body);
  const claims = body === null ? null : lies.claim(body, lie);
  return claims === null ? answer : { ...answer, body: JSON.stringify({ ...body, ...claims }) };
}
