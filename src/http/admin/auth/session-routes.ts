import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { assertNever } from '../../../platform/assert-never.ts';
import type { Me } from '../api.ts';
import type { AdminDeps, LoginAnswer } from '../deps.ts';
import { readRequest } from '../read-request.ts';
import { csrfToken } from './same-origin.ts';
import type { SessionCookie } from './session.ts';
import { Problem, type SignedIn, signedIn } from './signed-in.ts';

const text = (max: number) => z.string().min(1).max(max);
const loginBody = z.object({ name: text(64), password: text(1_000) });
const passwordBody = z.object({ password: text(1_000), next: text(1_000) });

/** `POST /login`, `POST /logout`, `POST /password`, `GET /me`. */
export function sessionRoutes(app: FastifyInstance, deps: AdminDeps, cookie: SessionCookie): void {
  app.post('/login', { config: { isPublic: true } }, async (request, reply) => {
    const { name, password } = readRequest(loginBody, request.body);
    const answer = await deps.logIn({ name, password, ip: request.ip });
    const isSignedIn = answer.kind === 'signed_in';
    if (isSignedIn && request.sessionToken !== null) await deps.endSession(request.sessionToken);
    return answerLogin(answer, 401, reply);
  });

  app.post('/logout', async (request, reply) => {
    const { name } = signedIn(request);
    if (request.sessionToken !== null) await deps.endSession(request.sessionToken);
    const entry = { actor: name, ip: request.ip, action: 'logout', subject: name };
    await deps.audit({ ...entry, before: null, after: null, outcome: 'ok' });
    return cookie.clear(reply).code(204).send();
  });

  app.post('/password', async (request, reply) => {
    const { name } = signedIn(request);
    const { password, next } = readRequest(passwordBody, request.body);
    const problem = deps.passwordProblem(next, name);
    if (problem !== null) throw new Problem(400, 'bad_request', `next: ${problem}`);
    return answerLogin(await deps.changePassword({ name, password, next, ip: request.ip }), 403, reply);
  });

  app.get('/me', async (request) => me(signedIn(request), tokenOf(request)));

  function answerLogin(answer: LoginAnswer, refusedStatus: 401 | 403, reply: FastifyReply): Me {
    switch (answer.kind) {
      case 'signed_in':
        cookie.set(reply, answer.token);
        return me(answer.user, answer.token);
      case 'refused':
        throw new Problem(refusedStatus, 'bad_login');
      case 'locked':
        throw new Problem(423, 'locked', undefined, answer.retryAfterMs);
      case 'too_many':
        throw new Problem(429, 'too_many', undefined, answer.retryAfterMs);
      default:
        return assertNever(answer);
    }
  }

  function me({ name, role }: SignedIn, token: string): Me {
    const now = deps.clock.now().toISOString();
    return { name, role, csrf: csrfToken(token), version: deps.version, now };
  }
}

function tokenOf({ sessionToken }: FastifyRequest): string {
  if (sessionToken === null) throw new Problem(401, 'not_signed_in');
  return sessionToken;
}
