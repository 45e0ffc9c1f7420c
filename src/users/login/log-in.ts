import type { Clock } from '../../platform/clock/clock.ts';
import type { AuditEntry } from '../audit.ts';
import type { Sessions } from '../sessions.ts';
import { type AdminUser, readName } from '../user.ts';
import type { Users } from '../users.ts';
import type { KnownAddresses } from './known-addresses.ts';
import type { LoginAttempts } from './login-attempts.ts';
import type { Passwords } from './password.ts';
import type { StrangerBudget } from './stranger-budget.ts';

export interface LoginDeps {
  users: Users;
  sessions: Sessions;
  attempts: LoginAttempts;
  knownAddresses: KnownAddresses;
  passwords: Passwords;
  strangers: StrangerBudget;
  clock: Clock;
  audit(entry: AuditEntry): Promise<void>;
}

/** A name and password as typed, and the client's address. */
export interface Credentials {
  name: string;
  password: string;
  ip: string;
}

/**
 * - `refused`: wrong name or password; it does not say which.
 * - `locked`: too many failures for this name, from this address or from all addresses.
 * - `too_many`: too many failures from this address, or too many logins at once; strangers cannot lock a user out at an
 *   address from which that user was signed in before.
 */
export type LoginOutcome =
  | { kind: 'signed_in'; token: string; user: AdminUser }
  | { kind: 'refused' }
  | { kind: 'locked' | 'too_many'; retryAfterMs: number };

/** When to retry if too many log in at once, ms. */
const CROWD_MS = 5_000;

/**
 * Signs a user in. An unknown name and a disabled user take the same steps, and the same time, as a known one. Successes,
 * failures and locks are audited.
 */
export async function logIn(deps: LoginDeps, credentials: Credentials): Promise<LoginOutcome> {
  const checked = await checkPassword(deps, credentials, 'login');
  if (checked.kind !== 'right') return checked;
  const { user } = checked;
  const token = await deps.sessions.open(user, deps.clock.now());
  await deps.audit({ ...about(user.name, credentials.ip, 'login'), actor: user.name, outcome: 'ok' });
  return { kind: 'signed_in', token, user };
}

/** Checks the password, within the limits on failures; `action` is the action in the audit trail. */
export async function checkPassword(
  deps: LoginDeps,
  { name: typed, password, ip }: Credentials,
  action: string,
): Promise<{ kind: 'right'; user: AdminUser } | Exclude<LoginOutcome, { kind: 'signed_in' }>> {
  const known = readName(typed);
  const name = known ?? typed;
  const user = await deps.users.find(known ?? '');
  // An unknown name may be a password typed into the wrong field: it is not audited.
  const entry = about(user === null ? null : name, ip, action);
  const isKnown = user !== null && (await deps.knownAddresses.has(user.name, ip));
  if (!isKnown && deps.passwords.isBusy()) return { kind: 'too_many', retryAfterMs: CROWD_MS };
  const attempt = await deps.attempts.begin({ name, ip, isKnown }, deps.clock.now());
  if (attempt.addressMs !== null) return { kind: 'too_many', retryAfterMs: attempt.addressMs };
  if (attempt.nameMs !== null) {
    await deps.audit({ ...entry, outcome: 'locked' });
    return { kind: 'locked', retryAfterMs: attempt.nameMs };
  }
  const crowdedMs = isKnown ? null : deps.strangers.take();
  if (crowdedMs !== null) {
    await deps.attempts.forget(attempt.id);
    return { kind: 'too_many', retryAfterMs: crowdedMs };
  }
  const isRight = await deps.passwords.matches(password, user?.passwordHash ?? null);
  if (isRight && user !== null && user.disabledAt === null) {
    await deps.attempts.succeed(attempt.id, name);
    return { kind: 'right', user };
  }
  await deps.audit({ ...entry, outcome: 'refused' });
  const reached = await deps.attempts.limits({ name, ip, isKnown }, deps.clock.now());
  if (reached.nameMs !== null) await deps.audit({ ...entry, action: 'lockout', outcome: 'locked' });
  if (reached.addressMs !== null) await deps.audit({ ...entry, action: 'lockout', outcome: 'too_many' });
  return { kind: 'refused' };
}

/** The actor is unknown until the password is verified. */
function about(subject: string | null, ip: string, action: string) {
  return { actor: '-', ip, action, subject, before: null, after: null };
}
