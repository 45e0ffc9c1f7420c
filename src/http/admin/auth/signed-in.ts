import type { FastifyRequest } from 'fastify';
import type { CloseTrigger } from '../../../order/outcomes.ts';
import type { ApiProblem, Role } from '../api.ts';

/** A failure to report to the page, in the form of `ApiProblem`. */
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

/** The user who makes a request. */
export interface SignedIn {
  name: string;
  role: Role;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null: not signed in, or the request is not authenticated. */
    signedIn: SignedIn | null;
  }
}

/** Throws `Problem` if nobody is signed in. */
export function signedIn(request: FastifyRequest): SignedIn {
  if (request.signedIn === null) throw new Problem(401, 'not_signed_in');
  return request.signedIn;
}

/** The user and address, for the close record. Throws `Problem` if nobody is signed in. */
export function triggerOf(request: FastifyRequest): CloseTrigger {
  return { kind: 'admin', actor: signedIn(request).name, clientIp: request.ip };
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** A preHandler that admits this role and those above it; throws `Problem` for others. */
export function allow(role: Role): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (ranks[signedIn(request).role] < ranks[role]) throw new Problem(403, 'not_allowed', role);
  };
}
