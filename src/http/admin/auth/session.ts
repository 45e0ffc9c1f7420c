import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdminDeps } from '../deps.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the session in `signedIn`. */
    sessionToken: string | null;
  }
}

export type SessionCookie = ReturnType<typeof createSessionCookie>;

/**
 * The cookie of a session: not for scripts, never sent from other sites, and with https only there. `__Host-` keeps other
 * hosts of the same domain from setting one in its place, and demands the path `/`; without https there is no such
 * protection, and it is for the admin page alone.
 */
export function createSessionCookie({ isHttps }: { isHttps: boolean }) {
  const name = isHttps ? '__Host-autoclose' : 'autoclose';
  const path = isHttps ? '/' : '/admin';
  const options = { path, httpOnly: true, sameSite: 'strict', secure: isHttps } as const;
  return {
    read: (request: FastifyRequest): string | null => request.cookies[name] ?? null,
    /** Without an age: it ends with the browser, if the session has not ended before. */
    set: (reply: FastifyReply, token: string): FastifyReply => reply.setCookie(name, token, options),
    clear: (reply: FastifyReply): FastifyReply => reply.clearCookie(name, options),
  };
}

/**
 * Finds out who makes each request of this part of the server; it refuses nobody. What the browser asks for by itself
 * keeps no session from ending unused: what the page says is that (`x-background`), and what `isBackground` tells.
 */
export function knowWhoAsks(
  app: FastifyInstance,
  { findSession }: Pick<AdminDeps, 'findSession'>,
  cookie: SessionCookie,
  isBackground: (request: FastifyRequest) => boolean,
): void {
  app.addHook('onRequest', async (request) => {
    const token = cookie.read(request);
    if (token === null) return;
    const isUse = request.headers['x-background'] === undefined && !isBackground(request);
    const user = await findSession(token, { isUse });
    if (user === null) return;
    request.signedIn = { name: user.name, role: user.role };
    request.sessionToken = token;
  });
}
