import type { ApiProblem, Me } from '../../../src/http/admin/api.ts';
import { trackActivity } from './activity.ts';
import { syncServerClock } from './clock.ts';

/** The server refused the request, or (`network`) gave no valid answer. */
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

/** Sent with every request that changes something; the server provides it in `Me`. */
let csrf = '';

const activityHeaders = trackActivity(window);

/** GET from `/admin/api`; throws `RequestProblem`. Undefined and empty query parameters are omitted. */
export function get<Answer>(path: string, query: object = {}): Promise<Answer> {
  const params = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(params.map(([name, value]) => [name, String(value)])).toString();
  return send<Answer>(search === '' ? path : `${path}?${search}`, { headers: activityHeaders() });
}

/** POST to `/admin/api`; throws `RequestProblem`. Retries once if another tab has renewed the session. */
export async function post<Answer>(path: string, body: object = {}): Promise<Answer> {
  try {
    return await postOnce<Answer>(path, body);
  } catch (error) {
    if (!(error instanceof RequestProblem) || error.error !== 'bad_csrf') throw error;
    await fetchMe();
    return postOnce<Answer>(path, body);
  }
}

/** The signed-in user; null if there is none. Also sets the clock and the CSRF token. */
export async function fetchMe(): Promise<Me | null> {
  const requestedMs = Date.now();
  try {
    return applyMe(await get<Me>('/me'), requestedMs);
  } catch (error) {
    if (error instanceof RequestProblem && error.error === 'not_signed_in') return null;
    throw error;
  }
}

/** Signs in; throws `RequestProblem` (`bad_login`, `locked`, `too_many` …). */
export async function login(name: string, password: string): Promise<Me> {
  const requestedMs = Date.now();
  return applyMe(await post<Me>('/login', { name, password }), requestedMs);
}

/** Ends the user's other sessions; this one continues with a new token. Throws `RequestProblem`, like `login`. */
export async function changePassword(password: string, next: string): Promise<Me> {
  const requestedMs = Date.now();
  return applyMe(await post<Me>('/password', { password, next }), requestedMs);
}

function applyMe(me: Me, requestedMs: number): Me {
  csrf = me.csrf;
  syncServerClock(me.now, requestedMs);
  return me;
}

function postOnce<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
  return send<Answer>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
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
