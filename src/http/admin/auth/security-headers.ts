import { randomBytes } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply } from 'fastify';

const YEAR_S = 31_536_000;

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
export async function setSecurityHeaders(
  app: FastifyInstance,
  { isHttps }: { isHttps: boolean },
): Promise<void> {
  const nothing = ["'none'"];
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: nothing,
        baseUri: nothing,
        formAction: nothing,
        frameAncestors: nothing,
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    hsts: isHttps && { maxAge: YEAR_S, includeSubDomains: false },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply
      .header('cache-control', 'no-store')
      .header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
  });
}

export function sendPage(reply: FastifyReply, html: string, policy: string): FastifyReply {
  return reply
    .header('content-security-policy', policy)
    .header('content-type', 'text/html; charset=utf-8')
    .send(html);
}
