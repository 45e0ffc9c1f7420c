import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AuditRow, Page } from './api.ts';
import type { AdminDeps } from './deps.ts';
import { readQuery } from './read-body.ts';
import { allow } from './signed-in.ts';

const filter = z.string().max(200).optional();
const auditQuery = z.object({
  actor: filter,
  action: filter,
  subject: filter,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
});

/** `GET /audit`, for admins. */
export function auditRoutes(app: FastifyInstance, { listAudit }: AdminDeps): void {
  app.get('/audit', { preHandler: allow('admin') }, async (request): Promise<Page<AuditRow>> => {
    const { limit, after, ...query } = readQuery(auditQuery, request);
    const found = await listAudit(query, { limit: limit + 1, after: after ?? null });
    const rows = found.slice(0, limit).map((row) => ({ ...row, at: row.at.toISOString() }));
    return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
  });
}
