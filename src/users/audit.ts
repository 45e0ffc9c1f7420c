import type { DataSource, EntityManager } from 'typeorm';
import { AuditEntity, type AuditRecord } from './entities.ts';

export type AuditEntry = Omit<AuditRecord, 'id' | 'at'>;

/** Who performs an action, and from where. */
export interface Actor {
  actor: string;
  ip: string | null;
}

/** Which entries; a missing field matches all. */
export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
}

/** Writes one entry; call it in the transaction of the change. Truncates what is too long for its column. */
export async function writeAudit(manager: EntityManager, entry: AuditEntry, at: Date): Promise<void> {
  await manager.insert(AuditEntity, {
    at,
    actor: cut(entry.actor, 80),
    ip: cutOrNull(entry.ip, 64),
    action: cut(entry.action, 64),
    subject: cutOrNull(entry.subject, 200),
    before: cutOrNull(entry.before, 8_000),
    after: cutOrNull(entry.after, 8_000),
    outcome: cut(entry.outcome, 64),
  });
}

/** Newest first, older than the entry `after`. */
export async function listAudit(
  db: DataSource,
  filter: AuditFilter,
  { limit, after }: { limit: number; after: string | null },
): Promise<AuditRecord[]> {
  const query = db.getRepository(AuditEntity).createQueryBuilder('a');
  for (const name of ['actor', 'action', 'subject'] as const) {
    if (filter[name] !== undefined) query.andWhere(`a.${name} = :${name}`, { [name]: filter[name] });
  }
  if (after !== null) query.andWhere('a.id < :after', { after });
  return query.orderBy('a.id', 'DESC').limit(limit).getMany();
}

function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}

function cutOrNull(text: string | null, length: number): string | null {
  return text === null ? null : cut(text, length);
}
