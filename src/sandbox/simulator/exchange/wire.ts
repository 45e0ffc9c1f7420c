import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** Far above every gateway and control request. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A raw request. Signatures cover `target` and `body`, so both are kept unchanged. */
export interface WireRequest {
  method: string;
  /** Path and query exactly as sent. */
  target: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface WireReply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Reads the whole request; rejects if the client disconnects or sends too much. */
export async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error(`request body above ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  const target = message.url ?? '/';
  const [path = '/', ...query] = target.split('?');
  return {
    method: message.method ?? 'GET',
    target,
    path,
    query: new URLSearchParams(query.join('?')),
    headers: message.headers,
    body: Buffer.concat(chunks),
  };
}

export function header(request: WireRequest, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** Resolves when the reply has been sent, or the client has disconnected. */
export function sendReply(response: ServerResponse, reply: WireReply): Promise<void> {
  const sent = closed(response);
  response.writeHead(reply.status, { ...reply.headers, ...contentLength(reply) });
  response.end(reply.body);
  return sent;
}

/** Announces the whole body, sends half of it and disconnects. */
export function sendHalf(response: ServerResponse, reply: WireReply): Promise<void> {
  const sent = closed(response);
  response.writeHead(reply.status, { ...reply.headers, ...contentLength(reply) });
  response.write(reply.body.subarray(0, reply.body.length / 2), () => response.destroy());
  return sent;
}

/** Resets the connection: the client gets ECONNRESET. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

export function jsonReply(status: number, value: unknown): WireReply {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed || response.destroyed) resolve();
    response.once('finish', resolve);
    response.once('close', resolve);
    response.once('error', () => resolve());
  });
}

/** A 204 has neither a body nor a length. */
function contentLength(reply: WireReply): Record<string, string> {
  return reply.status === 204 ? {} : { 'Content-Length': String(reply.body.length) };
}
