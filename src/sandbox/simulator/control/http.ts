import type { Hold } from '../exchange/staging.ts';
import { jsonReply, type WireReply, type WireRequest } from '../exchange/wire.ts';
import { asObject, type JsonObject } from '../format/json-object.ts';
import type { Control } from './control.ts';
import { controlEndpoints } from './endpoints.ts';

/** The control API under `/__sim`: JSON in, JSON out. A refusal is 409 with the reason. */
export function createControlHttp(control: Control, env: Record<string, string>) {
  const holds = new Map<string, Hold>();
  return async function handle(request: WireRequest): Promise<WireReply> {
    const path = request.path.slice('/__sim'.length);
    const endpoint = controlEndpoints.find(
      (candidate) => candidate.method === request.method && candidate.path.test(path),
    );
    if (endpoint === undefined)
      return jsonReply(404, { error: `no such control: ${request.method} ${path}` });
    const parts = (endpoint.path.exec(path) ?? []).slice(1).map((part) => decodeURIComponent(part ?? ''));
    const text = request.body.toString();
    const body = text === '' ? {} : parse(text);
    if (body === null) return jsonReply(400, { error: 'the body is not a JSON object' });
    try {
      const result = await endpoint.run({ control, env, holds, parts, query: request.query, body });
      return jsonReply(200, result ?? {});
    } catch (error) {
      return jsonReply(409, { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

function parse(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}
