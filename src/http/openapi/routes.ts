import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { stringify } from 'lossless-json';
import { openApiDocument } from './document.ts';
import { renderPage } from './page/page.ts';
import { style } from './page/style.ts';

/** Nothing is loaded, no script runs, and only the page's own style applies. */
const CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API reference: `GET /openapi.json` for programs, `GET /docs` for people. */
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

/** Rendered on first use: it is the same for all servers of a process, and most never need it. */
function rendered(): { json: Buffer; page: string } {
  if (once === undefined) {
    const document = openApiDocument();
    once = { json: Buffer.from(stringify(document, undefined, 2) ?? ''), page: renderPage(document) };
  }
  return once;
}
