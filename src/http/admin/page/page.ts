import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { newNonce, pagePolicy, sendPage } from '../auth/security-headers.ts';
import { Problem } from '../auth/signed-in.ts';
import { pathOf } from '../problems.ts';

/** Has the place of each answer's nonce in the built page. */
const NONCE = /__CSP_NONCE__/g;

/**
 * The built admin page: its files, and its `index.html` for every other address under `/admin`, because which view
 * that means is the page's business.
 */
export const pageRoutes: FastifyPluginAsync<{ directory: string }> = async (app, { directory }) => {
  await app.register(fastifyStatic, { root: directory, serve: false, cacheControl: false, index: false });

  app.get<{ Params: { '*': string } }>('/assets/*', (request, reply) => {
    // Vite names what is in here by its content.
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return reply.sendFile(`assets/${request.params['*']}`);
  });
  app.get('/', (_request, reply) => sendIndex(reply, directory));
  app.get<{ Params: { '*': string } }>('/*', (request, reply) => {
    const path = request.params['*'];
    if (/\.[a-z0-9]+$/i.test(path) && path !== 'index.html') return reply.sendFile(path);
    return answerElse(request, reply, directory);
  });
};

/** Whoever wants a page gets the page; the API and the queues have none there. */
export function answerElse(request: FastifyRequest, reply: FastifyReply, directory: string) {
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
