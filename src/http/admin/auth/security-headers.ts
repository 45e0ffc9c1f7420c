import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

const YEAR_S = 31_536_000;

/** For responses that are not pages. */
const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For the page: its own scripts; its own styles, and those with the nonce, which Ant Design adds at run time. */
export function pagePolicy(nonce: string): string {
  return policy([`style-src 'self' 'nonce-${nonce}'`, "base-uri 'none'"]);
}

/** For Bull Board: it sets its own base and highlights code in a worker. It works without inline styles. */
export const boardPolicy = policy(["style-src 'self'", "base-uri 'self'", "worker-src 'self'"]);

function policy(own: string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...own,
  ].join('; ');
}

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/** Sets the strictest headers on every response, and disables caching; routes that send pages or files relax them. */
export function setSecurityHeaders(app: FastifyInstance, { isHttps }: { isHttps: boolean }): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply
      .header('content-security-policy', nothing)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('x-frame-options', 'DENY')
      .header('referrer-policy', 'same-origin')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cross-origin-resource-policy', 'same-origin')
      .header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    if (isHttps) reply.header('strict-transport-security', `max-age=${YEAR_S}`);
  });
}

export function sendPage(reply: FastifyReply, html: string, policy: string): FastifyReply {
  return reply
    .header('content-security-policy', policy)
    .header('content-type', 'text/html; charset=utf-8')
    .send(html);
}
