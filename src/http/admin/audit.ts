/** Notes what somebody did on the admin page: who, from where, what, to whom or what, before and after. */
export type Audit = (entry: {
  actor: string;
  ip: string | null;
  action: string;
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}) => Promise<void>;
