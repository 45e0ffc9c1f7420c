import type { FastifyRequest } from 'fastify';
import type { AdminDeps } from '../deps.ts';
import { pathOf } from '../problems.ts';
import { recordOrLog } from './audited.ts';
import { isUnsafe } from './same-origin.ts';
import { Problem } from './signed-in.ts';

/**
 * Audits what a signed-in user attempted and was refused: the role did not allow it, or the request did not come from the
 * page. Attempts of strangers and refused reads are not audited. Never throws.
 */
export async function recordRefusal(
  deps: Pick<AdminDeps, 'audit' | 'log'>,
  request: FastifyRequest,
  error: Error,
): Promise<void> {
  if (!(error instanceof Problem) || error.status !== 403) return;
  if (request.signedIn === null || !isUnsafe(request)) return;
  await recordOrLog(deps, {
    actor: request.signedIn.name,
    ip: request.ip,
    action: 'refused',
    subject: pathOf(request),
    before: null,
    after: null,
    outcome: error.error,
  });
}
