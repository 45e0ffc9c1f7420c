import type { FastifyInstance } from 'fastify';

/** The largest body accepted: a thousand order numbers fit well. */
const MAX_BODY_BYTES = 64 * 1024;

/** Accepts only JSON, so that a form on another site cannot send a body; an empty body is undefined. */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (request, body, done) => (body === '' ? done(null, undefined) : parseJson(request, body, done)),
  );
}
