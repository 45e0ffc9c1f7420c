import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import { isDatabaseUnavailable } from '../../platform/mysql/permanent-error.ts';
import { shortTraceId } from '../trace-id.ts';
import type { ApiProblem } from './api.ts';
import { Problem } from './auth/signed-in.ts';

/** Answers an error in the form that the page reads. */
export function answerProblem(
  error: Error & { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const problem = asProblem(error);
  const { status, detail, retryAfterMs } = problem;
  // The process reports the database's outage once; a request that met it is only a warning.
  if (status >= 500)
    log[isDatabaseUnavailable(error) ? 'warn' : 'error'](
      { err: safeError(error), traceId: request.id, url: pathOf(request) },
      'request failed',
    );
  const body: ApiProblem = { error: problem.error, traceId: shortTraceId(request.id) };
  if (detail !== undefined) body.detail = detail;
  if (retryAfterMs !== undefined) {
    body.retryAfterMs = retryAfterMs;
    reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  }
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** The path without the query: search terms stay out of the log. */
export function pathOf({ url }: FastifyRequest): string {
  return url.replace(/\?.*$/s, '');
}

function asProblem(error: Error & { statusCode?: number }): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseUnavailable(error)) return new Problem(503, 'unavailable', 'database');
  const status = error.statusCode ?? 500;
  if (status === 404) return new Problem(404, 'not_found');
  return status < 500 ? new Problem(status, 'bad_request') : new Problem(500, 'internal');
}
