import type { AuditRow } from './api.ts';

/** An action on the admin page, done or attempted. Never contains a secret. */
export type AuditEntry = Omit<AuditRow, 'id' | 'at'>;

/** Writes the entry. Throws if the database is unavailable. */
export type Audit = (entry: AuditEntry) => Promise<void>;
