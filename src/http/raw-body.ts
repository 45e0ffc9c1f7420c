import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The largest body accepted. The largest real request has a few KiB. */
export const MAX_BODY_BYTES = 64 * 1024;
/** How much of a body that is too large is read and discarded; after that the connection is closed. */
const MAX_DRAINED_BYTES = 8 * 1024 * 1024;

/** A request's body as received, or why it could not be read. */
export type RawBody = Buffer | 'too_large' | 'cut_off';

/**
 * Makes every request's body a RawBody, whatever its content type. Closing the connection while the caller is still sending
 * would destroy the answer, so a body that is too large is read to its end.
 */
export function acceptRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable) => readRawBody(payload));
}

/** The body after `acceptRawBodies`; empty if the request has none. */
export function rawBodyOf(body: unknown): RawBody {
  if (Buffer.isBuffer(body) || body === 'too_large' || body === 'cut_off') return body;
  return Buffer.alloc(0);
}

function readRawBody(payload: Readable): Promise<RawBody> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > MAX_DRAINED_BYTES) {
        payload.pause();
        reject(Object.assign(new Error('body too large'), { statusCode: 413 }));
      }
    });
    payload.on('end', () => resolve(bytes > MAX_BODY_BYTES ? 'too_large' : Buffer.concat(chunks)));
    payload.on('error', () => resolve('cut_off'));
    payload.on('close', () => resolve('cut_off'));
  });
}
