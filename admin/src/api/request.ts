import type { ApiProblem, Me } from '../../../src/http/admin/api.ts';
import { noteServerClock } from './clock.ts';
import { watchUse } from './use.ts';

/** The server said no, or (`network`) did not say anything that could be understood. */
export class RequestProblem extends Error {
  readonly error: ApiProblem['error'] | 'network';
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly traceId: string | undefined;

  constructor(problem: Partial<ApiProblem>) {
    super(problem.error ?? 'network');
    this.error = problem.error ?? 'network';
    this.detail = problem.detail;
    this.retryAfterMs = problem.retryAfterMs;
    this.traceId = problem.traceId;
  }
}

/** Goes with every request that changes something; the server gives it with `Me`. */
let csrf = '';

const whoseUse = watchUse(window);

/** Asks `/admin/api`; throws `RequestProblem`. `query`: what is undefined or empty is left out. */
export function get<Answer>(path: string, query: object = {}): Promise<Answer> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return ask<Answer>(search === '' ? path : `${path}?${search}`, { headers: whoseUse() });
}

/** Asks for a change; throws `RequestProblem`. A session that was renewed in another tab is picked up once. */
export async function post<Answer>(path: string, body: object = {}): Promise<Answer> {
  try {
    return await postOnce<Answer>(path, body);
  } catch (error) {
    if (!(error instanceof RequestProblem) || error.error !== 'bad_csrf') throw error;
    await fetchMe();
    return postOnce<Answer>(path, body);
  }
}

/** Who is signed in; null: nobody. Also sets the clock and the CSRF token. */
export async function fetchMe(): Promise<Me | null> {
  const askedMs = Date.now();
  try {
    return noteMe(await get<Me>('/me'), askedMs);
  } catch (error) {
    if (error instanceof RequestProblem && error.error === 'not_signed_in') return null;
    throw error;
  }
}

/** Signs in; throws `RequestProblem` (`bad_login`, `locked`, `too_many` …). */
export async function login(name: string, password: string): Promise<Me> {
  const askedMs = Date.now();
  return noteMe(await post<Me>('/login', { name, password }), askedMs);
}

/** The other sessions end, and this one goes on with a new token. Throws `RequestProblem`, like `login`. */
export async function changePassword(password: string, next: string): Promise<Me> {
  const askedMs = Date.now();
  return noteMe(await post<Me>('/password', { password, next }), askedMs);
}

function noteMe(me: Me, askedMs: number): Me {
  csrf = me.csrf;
  noteServerClock(me.now, askedMs);
  return me;
}

function postOnce<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
  return ask<Answer>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`/admin/api${path}`, { ...init, credentials: 'same-origin' }).catch(
    () => null,
  );
  if (response === null) throw new RequestProblem({});
  if (response.status === 204) return undefined as Answer;
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new RequestProblem((body ?? {}) as Partial<ApiProblem>);
  if (body === null) throw new RequestProblem({});
  return body as Answer;
}
