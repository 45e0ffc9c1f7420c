import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdminDeps } from '../deps.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The token of the session in `signedIn`. */
    sessionToken: string | null;
  }
}

export type SessionCookie = ReturnType<typeof createSessionCookie>;

/**
 * The session cookie: invisible to scripts, never sent cross-site, and secure if the site is https. The `__Host-` prefix keeps
 * other hosts of the domain from setting it, and requires the path `/`; without https the prefix is not possible, and the
 * path is the admin page's.
 */
export function createSessionCookie({ isHttps }: { isHttps: boolean }) {
  const name = isHttps ? '__Host-autoclose' : 'autoclose';
  const path = isHttps ? '/' : '/admin';
  const options = { path, httpOnly: true, sameSite: 'strict', secure: isHttps } as const;
  return {
    read: (request: FastifyRequest): string | null => request.cookies[name] ?? null,
    /** No max-age: it ends with the browser session, or earlier with the server's session. */
    set: (reply: FastifyReply, token: string): FastifyReply => reply.setCookie(name, token, options),
    clear: (reply: FastifyReply): FastifyReply => reply.clearCookie(name, options),
  };
}

/**
 * Sets `signedIn` from the session cookie; rejects nobody. Background requests (header `x-background`, or
 * `isBackground`) do not extend the session.
 */
export function authenticate(
  app: FastifyInstance,
  { findSession }: Pick<AdminDeps, 'findSession'>,
  cookie: SessionCookie,
  isBackground: (request: FastifyRequest) => boolean,
): void {
  app.addHook('onRequest', async (request) => {
    const token = cookie.read(request);
    if (token === null) return;
    const extend = request.headers['x-background'] === undefined && !isBackground(request);
    const user = await findSession(token, { extend });
    if (user === null) return;
    request.signedIn = { name: user.name, role: user.role };
    request.sessionToken = token;
  });
}
