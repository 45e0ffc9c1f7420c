import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './signed-in.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True if the request may change something. */
export function isUnsafe({ method }: FastifyRequest): boolean {
  return !SAFE.has(method);
}

/** The page sends it back as `x-csrf-token`; other sites can neither read nor guess it. Valid as long as the session. */
export function csrfToken(sessionToken: string): string {
  return createHash('sha256').update(`csrf:${sessionToken}`).digest('base64url');
}

/**
 * Where the request comes from, according to the browser: `Sec-Fetch-Site` if sent (over https, and from this machine),
 * otherwise `Origin`, which must be the requested host or the public address. `unknown`: neither header was sent.
 */
export function originOf(request: FastifyRequest, publicUrl: string): 'same' | 'foreign' | 'unknown' {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' ? 'same' : 'foreign';
  const { origin } = request.headers;
  if (origin === undefined) return 'unknown';
  if (!URL.canParse(origin)) return 'foreign';
  const isOurs = new URL(origin).host === request.host || origin === new URL(publicUrl).origin;
  return isOurs ? 'same' : 'foreign';
}

/** Throws `Problem` for an unsafe request that the page did not send. A login has no token yet. */
export function checkCsrf(request: FastifyRequest, publicUrl: string): void {
  if (!isUnsafe(request)) return;
  if (originOf(request, publicUrl) === 'foreign') throw new Problem(403, 'bad_csrf');
  if (request.sessionToken === null || request.routeOptions.config.isPublic === true) return;
  const given = request.headers['x-csrf-token'];
  if (typeof given !== 'string' || !isEqual(given, csrfToken(request.sessionToken)))
    throw new Problem(403, 'bad_csrf');
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
