import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { stringify } from 'lossless-json';
import { openApiDocument } from './document.ts';
import { renderPage } from './page/page.ts';
import { style } from './page/style.ts';

/** Nothing is loaded from anywhere, no script runs, and the page's own style is the only one. */
const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API's description: `GET /openapi.json` for programs, `GET /docs` for people. */
export async function openapiRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', (_request, reply) =>
    reply.header('content-type', 'application/json').send(rendered().json),
  );
  app.get('/docs', (_request, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', CSP)
      .header('x-content-type-options', 'nosniff')
      .send(rendered().page),
  );
}

let once: { json: Buffer; page: string } | undefined;

/** Made when somebody first asks: it is the same for every server of a process, and most are never asked. */
function rendered(): { json: Buffer; page: string } {
  if (once === undefined) {
    const document = openApiDocument();
    once = { json: Buffer.from(stringify(document, undefined, 2) ?? ''), page: renderPage(document) };
  }
  return once;
}
