import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { newNonce, pagePolicy, sendPage } from '../auth/security-headers.ts';
import { Problem } from '../auth/signed-in.ts';
import { pathOf } from '../problems.ts';

/** The placeholder for the nonce in the built page. */
const NONCE = /__CSP_NONCE__/g;

/**
 * The built admin page: its files, and `index.html` for every other path under `/admin`, because the page does its own
 * routing.
 */
export const pageRoutes: FastifyPluginAsync<{ directory: string }> = async (app, { directory }) => {
  await app.register(fastifyStatic, { root: directory, serve: false, cacheControl: false, index: false });

  app.get<{ Params: { '*': string } }>('/assets/*', (request, reply) => {
    // Vite puts a content hash in these names.
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return reply.sendFile(`assets/${request.params['*']}`);
  });
  app.get('/', (_request, reply) => sendIndex(reply, directory));
  app.get<{ Params: { '*': string } }>('/*', (request, reply) => {
    const path = request.params['*'];
    if (/\.[a-z0-9]+$/i.test(path) && path !== 'index.html') return reply.sendFile(path);
    return serveIndex(request, reply, directory);
  });
};

/** Serves the page to browsers; paths of the API and the queues are 404. */
export function serveIndex(request: FastifyRequest, reply: FastifyReply, directory: string) {
  reply.header('cache-control', 'no-store');
  if (/^\/admin\/(api|queues)(\/|$)/.test(pathOf(request))) throw new Problem(404, 'not_found');
  if (request.headers.accept?.includes('text/html') === true) return sendIndex(reply, directory);
  throw new Problem(404, 'not_found');
}

async function sendIndex(reply: FastifyReply, directory: string): Promise<FastifyReply> {
  const html = await readFile(join(directory, 'index.html'), 'utf8').catch(() => null);
  if (html === null) {
    const text = 'The admin page has not been built. Run: npm run build\n';
    return reply.code(503).header('content-type', 'text/plain; charset=utf-8').send(text);
  }
  const nonce = newNonce();
  return sendPage(reply, html.replace(NONCE, nonce), pagePolicy(nonce));
}
