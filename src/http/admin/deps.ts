import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { AuditRow, Role } from './api.ts';
import type { Audit } from './audit.ts';

/** A queue that Bull Board can show. */
export type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/** The result of a login, or of proving the password again. */
export type LoginAnswer =
  | { kind: 'signed_in'; token: string; user: { name: string; role: Role } }
  | { kind: 'refused' }
  | { kind: 'locked' | 'too_many'; retryAfterMs: number };

export interface AuditQuery {
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
}

/** What the admin page's server needs from the rest of the program. */
export interface AdminDeps {
  log: Logger;
  clock: Clock;
  /** The program's version, to display. */
  version: string;
  /** The public address; if it is https, the cookie and HSTS require https. */
  publicUrl: string;
  /** The folder of the built page; it may not exist. */
  pageDirectory: string;
  logIn(credentials: { name: string; password: string; ip: string }): Promise<LoginAnswer>;
  changePassword(change: { name: string; password: string; next: string; ip: string }): Promise<LoginAnswer>;
  /** Why this user cannot have this password; null if they can. */
  passwordProblem(password: string, name: string): string | null;
  /** The session's user; `extend` false does not count as use of the session. */
  findSession(token: string, how: { extend: boolean }): Promise<{ name: string; role: Role } | null>;
  endSession(token: string): Promise<void>;
  audit: Audit;
  /** Newest first, older than the record `after`. */
  listAudit(
    query: AuditQuery,
    page: { limit: number; after: string | null },
  ): Promise<(Omit<AuditRow, 'at'> & { at: Date })[]>;
  queues: readonly BoardQueue[];
  isQueueReachable(): boolean;
  /** More routes under `/admin/api`, for signed-in users: each requires its role with `allow`. */
  routes: readonly FastifyPluginAsync[];
  /** How often open streams are checked for ended sessions, ms. */
  sessionCheckEveryMs?: number;
}
