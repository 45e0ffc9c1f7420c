/** viewer reads; operator also acts on orders; admin also sees the audit trail and the queues. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Somebody who may use the admin page. */
export interface AdminUser {
  id: string;
  /** As `readName` gives it. */
  name: string;
  role: Role;
  /** See `createPasswords`. */
  passwordHash: string;
  /** Grows when all sessions of this user end: a session counts only with the number it began with. */
  sessionEpoch: number;
  createdAt: Date;
  /** Not null: cannot sign in. */
  disabledAt: Date | null;
}

/** Characters, at least, of a password; a phrase is meant. */
export const MIN_PASSWORD = 12;
/** More than anybody types, and little work to hash. */
export const MAX_PASSWORD = 200;

/** A name as it is kept, in lower case; null: it cannot be anybody's. */
export function readName(text: string): string | null {
  const name = text.trim().toLowerCase();
  return /^[a-z0-9][a-z0-9._@-]{0,63}$/.test(name) ? name : null;
}

/** Shorter names are part of many a good phrase. */
const MIN_NAME_TO_AVOID = 3;

/** Why this cannot be the password of the user of this name, or null. */
export function passwordProblem(password: string, name: string): string | null {
  const { length } = [...password];
  if (length < MIN_PASSWORD) return `must have at least ${MIN_PASSWORD} characters`;
  if (length > MAX_PASSWORD) return `must have at most ${MAX_PASSWORD} characters`;
  if (name.length >= MIN_NAME_TO_AVOID && password.normalize('NFKC').toLowerCase().includes(name))
    return 'must not contain the user’s name';
  return null;
}
