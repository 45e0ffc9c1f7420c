/** A viewer reads; an operator also acts on orders; an admin also sees the audit trail and the queues. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A user of the admin page. */
export interface AdminUser {
  id: string;
  /** Normalized by `readName`. */
  name: string;
  role: Role;
  /** See `createPasswords`. */
  passwordHash: string;
  /** Incremented to end all sessions of the user: a session is valid only with the value it started with. */
  sessionEpoch: number;
  createdAt: Date;
  /** Not null: cannot sign in. */
  disabledAt: Date | null;
}

/** Characters; long enough to suggest a phrase. */
export const MIN_PASSWORD = 12;
/** Characters; more than anybody types, and cheap to hash. */
export const MAX_PASSWORD = 200;

/** Normalizes a name to lower case; null if it is invalid. */
export function readName(text: string): string | null {
  const name = text.trim().toLowerCase();
  return /^[a-z0-9][a-z0-9._@-]{0,63}$/.test(name) ? name : null;
}

/** Shorter names occur in many good phrases. */
const MIN_NAME_TO_AVOID = 3;

/** Why this user cannot have this password; null if they can. */
export function passwordProblem(password: string, name: string): string | null {
  const { length } = [...password];
  if (length < MIN_PASSWORD) return `must have at least ${MIN_PASSWORD} characters`;
  if (length > MAX_PASSWORD) return `must have at most ${MAX_PASSWORD} characters`;
  if (name.length >= MIN_NAME_TO_AVOID && password.normalize('NFKC').toLowerCase().includes(name))
    return 'must not contain the user’s name';
  return null;
}
