import type { FastifyInstance } from 'fastify';

/** The longest body that is read: a list of a thousand order numbers fits well. */
const MAX_BODY_BYTES = 64 * 1024;

/** JSON and nothing else, so that no form of a foreign page can say anything; an empty body is none. */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (request, body, done) => (body === '' ? done(null, undefined) : parseJson(request, body, done)),
  );
}
