import type { AuditRow } from './api.ts';

/** Records what somebody did on the admin page, or tried to; never anything secret. */
export type Audit = (entry: Omit<AuditRow, 'id' | 'at'>) => Promise<void>;
