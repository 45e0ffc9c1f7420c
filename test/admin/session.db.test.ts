import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';
import { addUser, audited, createVisitor, PASSWORD, type Visitor } from './visitor.ts';

let world: World;
let url: string;
const by = { actor: 'test', ip: null };

beforeAll(async () => {
  world = await createWorld({ TRUST_PROXY: '127.0.0.1' });
  url = await world.app.serve();
});
afterAll(() => world.end());

async function signedIn(name: string, role: Parameters<typeof addUser>[2] = 'viewer'): Promise<Visitor> {
  await addUser(world.app, name, role);
  const visitor = createVisitor(url);
  expect((await visitor.logIn(name)).status).toBe(200);
  return visitor;
}
const isIn = async (visitor: Visitor) => (await visitor.get('/admin/api/me')).status === 200;
const setBack = (name: string, column: string, minutes: number) =>
  world.query(
    `UPDATE admin_session SET ${column} = ${column} - INTERVAL ${minutes} MINUTE
     WHERE user_id = (SELECT id FROM admin_user WHERE name = '${name}')`,
  );

describe('a session ends', () => {
  test('on logout, in every process', async () => {
    const visitor = await signedIn('leaver');
    const kept = visitor.cookie ?? '';
    const seen = await visitor.post('/admin/api/logout');
    expect([seen.status, visitor.cookie]).toEqual([204, null]);
    const other = createVisitor(await (await world.openApp({ PORT: '0' })).serve());
    for (const each of [createVisitor(url), other])
      expect((await each.get('/admin/api/me', { cookie: kept })).json).toMatchObject({
        error: 'not_signed_in',
      });
    expect(await audited(world, 'logout')).toMatchObject([{ actor: 'leaver', ip: visitor.ip }]);
  });

  test('after half an hour without use, and not while it is used', async () => {
    const visitor = await signedIn('idler');
    await setBack('idler', 'seen_at', 29);
    expect(await isIn(visitor)).toBe(true);
    await setBack('idler', 'seen_at', 29);
    expect(await isIn(visitor)).toBe(true);
    await setBack('idler', 'seen_at', 31);
    expect(await isIn(visitor)).toBe(false);
  });

  test('after half an hour with only automatic requests of an open page', async () => {
    const visitor = await signedIn('lunch', 'admin');
    await setBack('lunch', 'seen_at', 29);
    const automatic: [string, Record<string, string>][] = [
      ['/admin/api/me', { 'x-background': '1' }],
      ['/admin/api/figures', { 'x-background': '1' }],
      ['/admin/queues/api/queues', {}],
    ];
    for (const [path, headers] of automatic) expect((await visitor.get(path, headers)).status).toBe(200);
    const leaving = new AbortController();
    const stream = await fetch(`${url}/admin/api/events`, {
      headers: { cookie: visitor.cookie ?? '' },
      signal: leaving.signal,
    });
    expect(stream.status).toBe(200);
    leaving.abort();
    await setBack('lunch', 'seen_at', 2);
    expect(await isIn(visitor)).toBe(false);
  });

  test('after twelve hours, even if it is used', async () => {
    const visitor = await signedIn('worker');
    await setBack('worker', 'expires_at', 12 * 60 - 1);
    expect(await isIn(visitor)).toBe(true);
    await setBack('worker', 'expires_at', 1);
    expect(await isIn(visitor)).toBe(false);
  });

  test('when its user is disabled, for good', async () => {
    const visitor = await signedIn('fired');
    await world.app.admin.users.disable('fired', by);
    expect(await isIn(visitor)).toBe(false);
    await world.app.admin.users.enable('fired', by);
    expect(await isIn(visitor)).toBe(false);
    expect((await visitor.logIn('fired')).status).toBe(200);
  });

  test('when its user changes the password: all sessions, except the new one', async () => {
    const [visitor, elsewhere] = [await signedIn('changer'), createVisitor(url)];
    await elsewhere.logIn('changer');
    const before = { cookie: visitor.cookie, csrf: visitor.csrf };
    const seen = await visitor.post('/admin/api/password', { password: PASSWORD, next: 'another good one' });
    expect(seen.json).toMatchObject({ name: 'changer' });
    expect(seen.json.csrf).not.toBe(before.csrf);
    expect([visitor.cookie === before.cookie, await isIn(visitor), await isIn(elsewhere)]).toEqual([
      false,
      true,
      false,
    ]);
    expect((await elsewhere.logIn('changer')).status).toBe(401);
    expect((await elsewhere.logIn('changer', 'another good one')).status).toBe(200);
    expect(await audited(world, 'user.password')).toContainEqual(
      expect.objectContaining({ actor: 'changer', ip: visitor.ip, subject: 'changer', outcome: 'ok' }),
    );
  });

  test('not if the current password was wrong, which counts as a failed login', async () => {
    const visitor = await signedIn('thief');
    const change = { password: 'not the password', next: 'another good one' };
    const seen = await visitor.post('/admin/api/password', change);
    expect([seen.status, seen.json.error, await isIn(visitor)]).toEqual([403, 'bad_login', true]);
    const short = await visitor.post('/admin/api/password', { password: PASSWORD, next: 'short' });
    expect([short.status, short.json.detail]).toEqual([400, 'next: must have at least 12 characters']);
    const named = await visitor.post('/admin/api/password', {
      password: PASSWORD,
      next: 'I am a THIEF indeed',
    });
    expect([named.status, named.json.detail]).toEqual([400, 'next: must not contain the user’s name']);
    expect(
      await world.query("SELECT 1 FROM admin_login_attempt WHERE name_hash = SHA2('thief', 256)"),
    ).toHaveLength(1);
  });
});

test('a login that overlaps with the end of all sessions ends with them', async () => {
  await addUser(world.app, 'racer');
  const before = await world.app.admin.users.find('racer');
  await world.app.admin.users.disable('racer', by);
  await world.app.admin.users.enable('racer', by);
  if (before === null) throw new Error('no user');
  // As if it had started when the password was checked before.
  await world.query(
    `INSERT INTO admin_session (token_hash, user_id, session_epoch, created_at, seen_at, expires_at)
     VALUES (SHA2('token', 256), ${before.id}, ${before.sessionEpoch}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), '2999-01-01')`,
  );
  expect((await createVisitor(url).get('/admin/api/me', { cookie: 'autoclose=token' })).status).toBe(401);
});

test('a new role takes effect with the next request', async () => {
  const visitor = await signedIn('riser');
  await world.app.admin.users.setRole('riser', 'operator', by);
  expect((await visitor.get('/admin/api/me')).json).toMatchObject({ role: 'operator' });
  expect(await audited(world, 'user.role')).toMatchObject([{ before: 'viewer', after: 'operator' }]);
});

describe('the audit trail', () => {
  test('is for admins, newest first, page by page, by actor, action and subject', async () => {
    const admin = await signedIn('auditor', 'admin');
    const operator = await signedIn('curious', 'operator');
    for (const visitor of [operator, createVisitor(url)])
      expect((await visitor.get('/admin/api/audit')).status).toBe(visitor === operator ? 403 : 401);
    for (const subject of ['A1', 'A2', 'A3']) {
      await world.app.admin.audit({
        ...{ actor: 'auditor', ip: null, action: 'order.close', subject },
        ...{ before: 'progress', after: 'close', outcome: 'closed' },
      });
    }
    const get = async (query: string) => {
      const { rows, next } = (await admin.get(`/admin/api/audit?${query}`)).json;
      if (!Array.isArray(rows)) throw new Error('no rows');
      return { subjects: rows.map(({ subject }) => subject), next, rows };
    };
    const first = await get('action=order.close&limit=2');
    expect(first.subjects).toEqual(['A3', 'A2']);
    expect(await get(`action=order.close&limit=2&after=${first.next}`)).toMatchObject({
      subjects: ['A1'],
      next: null,
    });
    expect((await get('subject=A2&actor=auditor')).rows).toMatchObject([
      { at: expect.stringMatching(/Z$/), before: 'progress', after: 'close', outcome: 'closed' },
    ]);
    expect((await admin.get('/admin/api/audit?limit=0')).json).toMatchObject({
      error: 'bad_request',
      detail: 'limit',
    });
  });
});

describe('a forged request is refused', () => {
  test('without the token of this session', async () => {
    const [visitor, other] = [await signedIn('victim'), await signedIn('other')];
    for (const token of ['', 'x'.repeat(43), other.csrf ?? '']) {
      const seen = await visitor.post('/admin/api/logout', undefined, { 'x-csrf-token': token });
      expect([seen.status, seen.json.error]).toEqual([403, 'bad_csrf']);
    }
    expect(await isIn(visitor)).toBe(true);
  });

  test('if the browser reports another site, even with the token, and for a login too', async () => {
    const visitor = await signedIn('lured');
    const foreigners: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const foreign of foreigners) {
      expect((await visitor.post('/admin/api/logout', undefined, foreign)).status).toBe(403);
      const login = { name: 'lured', password: PASSWORD };
      expect((await createVisitor(url).post('/admin/api/login', login, foreign)).status).toBe(403);
    }
    const ours: Record<string, string>[] = [{ 'sec-fetch-site': 'same-origin' }, { origin: url }];
    for (const own of ours) {
      expect((await visitor.post('/admin/api/logout', undefined, own)).status).toBe(204);
      await visitor.logIn('lured');
    }
  });
});

test('an unknown path of the API is 404 for any user and content type', async () => {
  for (const accept of ['*/*', 'text/html']) {
    const seen = await createVisitor(url).get('/admin/api/nothing', { accept });
    expect([seen.status, seen.json]).toEqual([404, { error: 'not_found', traceId: expect.any(String) }]);
  }
});

test('a path that cannot be decoded is answered in the form that the page reads', async () => {
  for (const path of ['/admin/api/%', '/admin/api/orders/%E0%A4%A']) {
    const seen = await createVisitor(url).get(path);
    expect([seen.status, seen.json]).toEqual([
      400,
      { error: 'bad_request', traceId: expect.stringMatching(/^\w{12}$/) },
    ]);
  }
});
