import type { AuditRow } from './api.ts';

/** What somebody did on the admin page, or tried to; never anything secret. */
export type AuditEntry = Omit<AuditRow, 'id' | 'at'>;

/** Records it. Throws when the database cannot be reached. */
export type Audit = (entry: AuditEntry) => Promise<void>;
