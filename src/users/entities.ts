import { defineEntity } from '../platform/mysql/define-entity.ts';
import type { AdminUser } from './user.ts';

const moment = (name: string) => ({ type: 'datetime', precision: 3, name, nullable: true }) as const;

export const AdminUserEntity = defineEntity<AdminUser>({
  name: 'AdminUser',
  tableName: 'admin_user',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    name: { type: 'varchar', length: 64 },
    role: { type: 'varchar', length: 10 },
    passwordHash: { type: 'varchar', length: 200, name: 'password_hash' },
    sessionEpoch: { type: 'int', name: 'session_epoch' },
    createdAt: moment('created_at'),
    disabledAt: moment('disabled_at'),
  },
});

/** A login session. The token itself is only in the browser. */
interface AdminSession {
  id: string;
  /** SHA-256 in hex. */
  tokenHash: string;
  userId: string;
  sessionEpoch: number;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
}

export const AdminSessionEntity = defineEntity<AdminSession>({
  name: 'AdminSession',
  tableName: 'admin_session',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    tokenHash: { type: 'char', length: 64, name: 'token_hash' },
    userId: { type: 'bigint', name: 'user_id' },
    sessionEpoch: { type: 'int', name: 'session_epoch' },
    createdAt: moment('created_at'),
    seenAt: moment('seen_at'),
    expiresAt: moment('expires_at'),
  },
});

/** A login attempt that has not succeeded. */
interface LoginAttempt {
  id: string;
  /** SHA-256 of the name; null: it does not count against the name. */
  nameHash: string | null;
  /** The client, see `addressKey`. */
  address: string;
  at: Date;
}

export const LoginAttemptEntity = defineEntity<LoginAttempt>({
  name: 'LoginAttempt',
  tableName: 'admin_login_attempt',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    nameHash: { type: 'char', length: 64, name: 'name_hash', nullable: true },
    address: { type: 'varchar', length: 64 },
    at: moment('at'),
  },
});

/** An audited action, done or attempted. */
export interface AuditRecord {
  id: string;
  at: Date;
  /** A user name, `cli:<name>` for the command line, or `-` if unknown. */
  actor: string;
  ip: string | null;
  action: string;
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}

export const AuditEntity = defineEntity<AuditRecord>({
  name: 'AdminAudit',
  tableName: 'admin_audit',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    at: moment('at'),
    actor: { type: 'varchar', length: 80 },
    ip: { type: 'varchar', length: 64, nullable: true },
    action: { type: 'varchar', length: 64 },
    subject: { type: 'varchar', length: 200, nullable: true },
    before: { type: 'text', name: 'value_before', nullable: true },
    after: { type: 'text', name: 'value_after', nullable: true },
    outcome: { type: 'varchar', length: 64 },
  },
});

export const adminEntities = [AdminUserEntity, AdminSessionEntity, LoginAttemptEntity, AuditEntity];
