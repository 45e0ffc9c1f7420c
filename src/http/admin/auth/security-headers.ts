import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';

const YEAR_S = 31_536_000;

/** Of answers that are no page. */
const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of the page: its own scripts, and styles of its own or with the nonce, which Ant Design gives to those it adds. */
export function pagePolicy(nonce: string): string {
  return policy([`style-src 'self' 'nonce-${nonce}'`, "base-uri 'none'"]);
}

/** Of Bull Board: it names its own base, and colours code in a worker. Inline styles are refused, which it can do without. */
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

/** Every answer is sealed and uncached; who sends a page or a file opens it as far as that needs. */
export function sealAnswers(app: FastifyInstance, { isHttps }: { isHttps: boolean }): void {
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
