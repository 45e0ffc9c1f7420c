import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { cut } from '../../../view/page.ts';
import type { AuditRow, Page } from '../api.ts';
import type { AdminDeps } from '../deps.ts';
import { afterId, limit, readRequest } from '../read-request.ts';
import type { Unserialized } from '../unserialized.ts';
import { allow } from './signed-in.ts';

const filter = z.string().max(200).optional();
const auditQuery = z.object({
  actor: filter,
  action: filter,
  subject: filter,
  limit,
  after: afterId,
});

/** `GET /audit`, for admins. */
export function auditRoutes(app: FastifyInstance, { listAudit }: AdminDeps): void {
  app.get(
    '/audit',
    { preHandler: allow('admin') },
    async ({ query }): Promise<Unserialized<Page<AuditRow>>> => {
      const { limit, after, ...filter } = readRequest(auditQuery, query);
      return cut(await listAudit(filter, { limit: limit + 1, after }), limit, ({ id }) => id);
    },
  );
}
