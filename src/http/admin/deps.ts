import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { AuditRow, Role } from './api.ts';
import type { Audit } from './audit.ts';

/** A queue that Bull Board can show. */
export type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/** What came of an attempt to sign in, or to prove who one is. */
export type LoginAnswer =
  | { kind: 'signed_in'; token: string; user: { name: string; role: Role } }
  | { kind: 'refused' }
  | { kind: 'locked' | 'too_many'; retryAfterMs: number };

export interface AuditQuery {
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
}

/** What the admin page's server needs of the rest. */
export interface AdminDeps {
  log: Logger;
  clock: Clock;
  /** Of the program, for people to see. */
  version: string;
  /** Where browsers reach us; with https the cookie and all later visits are for https only. */
  publicUrl: string;
  /** Where the built page is, if it has been built. */
  pageDirectory: string;
  logIn(wish: { name: string; password: string; ip: string }): Promise<LoginAnswer>;
  changePassword(wish: { name: string; password: string; next: string; ip: string }): Promise<LoginAnswer>;
  /** Why this cannot be the password of the user of this name, or null. */
  passwordProblem(password: string, name: string): string | null;
  /** Whose session this is; `isUse` false only looks and does not prolong it. */
  findSession(token: string, how: { isUse: boolean }): Promise<{ name: string; role: Role } | null>;
  endSession(token: string): Promise<void>;
  audit: Audit;
  /** The newest first, those before the record `after`. */
  listAudit(
    query: AuditQuery,
    page: { limit: number; after: string | null },
  ): Promise<(Omit<AuditRow, 'at'> & { at: Date })[]>;
  queues: readonly BoardQueue[];
  isQueueReachable(): boolean;
  /** More under `/admin/api`, for those who have signed in: each asks for the role it needs by `allow`. */
  routes: readonly FastifyPluginAsync[];
  /** How long an answer may go on after its session has ended, ms. */
  endedEveryMs?: number;
}
