import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from '../gateway/call.ts';
import { simulators, type WholeWorld } from '../simulators.ts';
import { exchange } from './exchange.ts';
import {
  jsonReply,
  readRequest,
  resetConnection,
  sendReply,
  type WireReply,
  type WireRequest,
} from './wire.ts';

/** Serves all gateways and the control API on one port; the path selects one. */
export function serveGateways(
  world: WholeWorld,
  control: (request: WireRequest) => Promise<WireReply>,
): (message: IncomingMessage, response: ServerResponse) => void {
  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message);
    if (request.path.startsWith('/__sim/')) return sendReply(response, await control(request));
    const call = understand(world, request);
    if (call === null) return sendReply(response, jsonReply(404, { error: 'not a gateway path' }));
    return exchange(world, request, call, response);
  }
  // An aborted request or an error in the simulator resets the connection.
  return (message, response) => {
    serve(message, response).catch(() => resetConnection(response));
  };
}

function understand(world: WholeWorld, request: WireRequest): Call | null {
  const [found] = Object.values(simulators)
    .flatMap((gateway) => gateway.paths.map((path) => ({ gateway, path })))
    .filter(({ path }) => request.path.startsWith(path))
    .sort((a, b) => b.path.length - a.path.length);
  return found?.gateway.understand(world, request) ?? null;
}
