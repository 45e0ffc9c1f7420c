/** Records what somebody did on the admin page, or tried to; never anything secret. */
export type Audit = (entry: {
  /** The user's name. */
  actor: string;
  ip: string | null;
  action: string;
  /** What it was done to: an order number, a user's name. */
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}) => Promise<void>;
