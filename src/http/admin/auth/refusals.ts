import type { FastifyRequest } from 'fastify';
import type { AdminDeps } from '../deps.ts';
import { pathOf } from '../problems.ts';
import { recordOrLog } from './audited.ts';
import { isUnsafe } from './same-origin.ts';
import { Problem } from './signed-in.ts';

/**
 * Records what somebody who has signed in tried to do and was refused: for want of a role, or because it did not come from
 * the page. What strangers try is not recorded, nor what is only read. Never throws.
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
