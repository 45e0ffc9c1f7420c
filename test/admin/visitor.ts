import { randomBytes, scryptSync } from 'node:crypto';
import type { App } from '../../src/app.ts';
import type { Role } from '../../src/users/user.ts';
import type { World } from '../support/world.ts';

export const PASSWORD = 'correct horse battery';

/** An answer to a visitor, parsed if it is JSON. */
export interface Seen {
  status: number;
  headers: Headers;
  text: string;
  /** Throws if the text is not JSON. */
  readonly json: Record<string, unknown>;
}

/** A client with a cookie, a CSRF token, and its own address (the world must trust this machine as a proxy). */
export interface Visitor {
  readonly cookie: string | null;
  readonly ip: string;
  csrf: string | null;
  get(path: string, headers?: Record<string, string>): Promise<Seen>;
  /** Like the page: JSON, with the token. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Seen>;
  /** Sends exactly this. */
  send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Seen>;
  logIn(name: string, password?: string): Promise<Seen>;
}

export function createVisitor(baseUrl: string, ip = someAddress()): Visitor {
  let cookie: string | null = null;

  const visitor: Visitor = {
    get cookie() {
      return cookie;
    },
    ip,
    csrf: null,
    get: (path, headers = {}) => visitor.send('GET', path, headers),
    post: (path, body, headers = {}) => {
      const all: Record<string, string> = { 'content-type': 'application/json', ...headers };
      if (visitor.csrf !== null) all['x-csrf-token'] ??= visitor.csrf;
      return visitor.send('POST', path, all, body === undefined ? undefined : JSON.stringify(body));
    },
    async send(method, path, headers, body) {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: { 'x-forwarded-for': ip, ...(cookie === null ? {} : { cookie }), ...headers },
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      });
      for (const set of response.headers.getSetCookie()) {
        const [pair = ''] = set.split(';');
        cookie = pair.endsWith('=') ? null : pair;
      }
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        get json() {
          return JSON.parse(text);
        },
      };
    },
    async logIn(name, password = PASSWORD) {
      const seen = await visitor.post('/admin/api/login', { name, password });
      if (seen.status === 200) visitor.csrf = String(seen.json.csrf);
      return seen;
    },
  };
  return visitor;
}

/** A cheap hash of PASSWORD: the cost is stored with the hash. */
const HASH = `scrypt$1024$8$1$c2FsdA$${scryptSync(PASSWORD, 'salt', 32, { N: 1024, r: 8, p: 1 }).toString('base64url')}`;

/** Adds a user with PASSWORD. */
export async function addUser(app: App, name: string, role: Role = 'viewer'): Promise<void> {
  const outcome = await app.admin.users.add(name, role, HASH, { actor: 'test', ip: null });
  if (outcome !== 'added') throw new Error(`not added: ${name}`);
}

export interface AuditLine {
  actor: string;
  ip: string | null;
  action: string;
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}

/** The audit entries for this action, oldest first. */
export async function audited(world: World, action?: string): Promise<AuditLine[]> {
  const { admin } = world.app;
  const records = await admin.listAudit(action === undefined ? {} : { action }, { limit: 200, after: null });
  return records.map(({ id: _id, at: _at, ...line }) => line).reverse();
}

function someAddress(): string {
  return `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`;
}
