import type { FastifyRequest } from 'fastify';
import type { CloseTrigger } from '../../../order/outcomes.ts';
import type { ApiProblem, Role } from '../api.ts';

/** A failure that the page is told of, in the form of `ApiProblem`. */
export class Problem extends Error {
  readonly status: number;
  readonly error: ApiProblem['error'];
  readonly detail: string | undefined;
  /** When to try again, ms from now. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, error: ApiProblem['error'], detail?: string, retryAfterMs?: number) {
    super(detail === undefined ? error : `${error}: ${detail}`);
    this.status = status;
    this.error = error;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Who makes a request of the admin page. */
export interface SignedIn {
  name: string;
  role: Role;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null: nobody has signed in, or not this request's business. */
    signedIn: SignedIn | null;
  }
}

/** Throws `Problem` where nobody has signed in. */
export function signedIn(request: FastifyRequest): SignedIn {
  if (request.signedIn === null) throw new Problem(401, 'not_signed_in');
  return request.signedIn;
}

/** Who does something, and from where, for the close record. Throws `Problem` where nobody has signed in. */
export function triggerOf(request: FastifyRequest): CloseTrigger {
  return { kind: 'admin', actor: signedIn(request).name, clientIp: request.ip };
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** A preHandler that lets only this role and those above it pass; throws `Problem` for others. */
export function allow(role: Role): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (ranks[signedIn(request).role] < ranks[role]) throw new Problem(403, 'not_allowed', role);
  };
}
