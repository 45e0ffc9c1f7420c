/** What somebody did on the admin page, or tried to; never anything secret. */
export interface AuditEntry {
  /** The user's name. */
  actor: string;
  ip: string | null;
  action: string;
  /** What it was done to: an order number, a user's name. */
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}

/** Records it. Throws when the database cannot be reached. */
export type Audit = (entry: AuditEntry) => Promise<void>;
