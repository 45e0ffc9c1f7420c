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

/** With a password typed by somebody, from an address. */
export interface LoginWish {
  name: string;
  password: string;
  ip: string;
}

/**
 * - `refused`: name or password are not right; it does not say which.
 * - `locked`: of the name, there have been too many failures from there, or from everywhere.
 * - `too_many`: from the address there have been, or too many are at it now; where the user of the name was signed in
 *   before, a crowd of strangers keeps nobody out.
 */
export type LoginOutcome =
  | { kind: 'signed_in'; token: string; user: AdminUser }
  | { kind: 'refused' }
  | { kind: 'locked' | 'too_many'; retryAfterMs: number };

/** When to come back where the crowd is too large, ms. */
const CROWD_MS = 5_000;

/**
 * Signs somebody in. A name that nobody has, or whose user is disabled, is treated as a known one to the last step, also
 * in the time it takes. Successes, failures and locks are recorded.
 */
export async function logIn(deps: LoginDeps, wish: LoginWish): Promise<LoginOutcome> {
  const checked = await checkPassword(deps, wish, 'login');
  if (checked.kind !== 'right') return checked;
  const { user } = checked;
  const token = await deps.sessions.open(user, deps.clock.now());
  await deps.audit({ ...about(user.name, wish.ip, 'login'), actor: user.name, outcome: 'ok' });
  return { kind: 'signed_in', token, user };
}

/** Whether the password is right, within the limits on failures; `action` is what it is needed for. */
export async function checkPassword(
  deps: LoginDeps,
  { name: typed, password, ip }: LoginWish,
  action: string,
): Promise<{ kind: 'right'; user: AdminUser } | Exclude<LoginOutcome, { kind: 'signed_in' }>> {
  const known = readName(typed);
  const name = known ?? typed;
  const user = await deps.users.find(known ?? '');
  // What was typed as a name that nobody has may be a password: it is recorded nowhere.
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

/** Nobody is known to have done it until the password was right. */
function about(subject: string | null, ip: string, action: string) {
  return { actor: '-', ip, action, subject, before: null, after: null };
}
