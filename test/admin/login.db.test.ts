import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { createAdmin } from '../../src/users/admin.ts';
import { adminEntities } from '../../src/users/entities.ts';
import { addressKey } from '../../src/users/login/address-key.ts';
import { createWorld, type World } from '../support/world.ts';
import { addUser, audited, createVisitor, PASSWORD, type Visitor } from './visitor.ts';

let world: World;
let url: string;

beforeAll(async () => {
  world = await createWorld({ TRUST_PROXY: '127.0.0.1' });
  url = await world.app.serve();
});
afterAll(() => world.end());

/** Inserts failed attempts in the past: each real one costs a hash. */
async function haveFailed(times: number, { name = 'somebody', address = '192.0.2.1' }): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await world.query(
      `INSERT INTO admin_login_attempt (name_hash, address, at) VALUES (SHA2('${name}', 256), '${address}', UTC_TIMESTAMP(3))`,
    );
  }
}

/** This visitor's address as stored with an attempt. */
const from = ({ ip }: Visitor) => ({ address: addressKey(ip) });

const age = (minutes: number) =>
  world.query(`UPDATE admin_login_attempt SET at = at - INTERVAL ${minutes} MINUTE`);

describe('signing in', () => {
  test('returns the user, and the server’s clock and version', async () => {
    await addUser(world.app, 'alice', 'operator');
    const visitor = createVisitor(url);
    const seen = await visitor.logIn(' Alice ');
    expect(seen.status).toBe(200);
    expect(seen.json).toMatchObject({ name: 'alice', role: 'operator', version: expect.any(String) });
    expect(Date.parse(String(seen.json.now))).not.toBeNaN();
    expect((await visitor.get('/admin/api/me')).json).toMatchObject({ name: 'alice', csrf: seen.json.csrf });
  });

  test('sets a cookie that scripts and other sites never get, only for the admin page', async () => {
    await addUser(world.app, 'cookie');
    const set = (await createVisitor(url).logIn('cookie')).headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^autoclose=[\w-]{43}; /);
    expect(set.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Path=/admin', 'SameSite=Strict']);
  });

  test('with https the cookie is only for https and this host, and HSTS is set', async () => {
    const app = await world.openApp({ PUBLIC_URL: 'https://pay.example.com', PORT: '0' });
    await addUser(app, 'secure');
    const seen = await createVisitor(await app.serve()).logIn('secure');
    const [pair = '', ...more] = (seen.headers.get('set-cookie') ?? '').split('; ');
    expect(pair).toMatch(/^__Host-autoclose=[\w-]{43}$/);
    // Browsers require these for a cookie of that name; no other host can set it.
    expect(more.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']);
    expect(seen.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  test('a wrong password, an unknown name and a disabled user get the same answer', async () => {
    await addUser(world.app, 'known');
    await addUser(world.app, 'gone');
    await world.app.admin.users.disable('gone', { actor: 'test', ip: null });
    const seen = await Promise.all([
      createVisitor(url).logIn('known', 'not the password'),
      createVisitor(url).logIn('nobody-at-all'),
      createVisitor(url).logIn('没有这个人'),
      createVisitor(url).logIn('gone'),
    ]);
    const answers = seen.map(({ status, json, headers }) => {
      const { traceId, ...rest } = json;
      expect(traceId).toMatch(/^\w{12}$/);
      return { status, rest, names: [...headers.keys()].sort() };
    });
    expect(answers[0]).toMatchObject({ status: 401, rest: { error: 'bad_login' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('an invalid login request is rejected without repeating its values', async () => {
    const visitor = createVisitor(url);
    const seen = await visitor.post('/admin/api/login', { name: 'alice', password: { secret: 1 } });
    expect([seen.status, seen.json.error, seen.json.detail]).toEqual([400, 'bad_request', 'password']);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await visitor.send('POST', '/admin/api/login', form, 'name=alice')).status).toBe(415);
    const json = { 'content-type': 'application/json' };
    expect((await visitor.send('POST', '/admin/api/login', json, '{')).json.error).toBe('bad_request');
    const long = JSON.stringify({ name: 'alice', password: 'x'.repeat(70_000) });
    expect((await visitor.send('POST', '/admin/api/login', json, long)).status).toBe(413);
  });

  test('is audited with address and outcome, and never with what was typed', async () => {
    await addUser(world.app, 'watched');
    const visitor = createVisitor(url);
    await visitor.logIn('watched', 'my-secret-typing');
    await visitor.logIn('My-Secret-Typing', 'other secret typing');
    await visitor.logIn('watched');
    const entry = { ip: visitor.ip, action: 'login', before: null, after: null };
    const lines = (await audited(world, 'login')).filter(({ ip }) => ip === visitor.ip);
    expect(lines).toEqual([
      { ...entry, actor: '-', subject: 'watched', outcome: 'refused' },
      { ...entry, actor: '-', subject: null, outcome: 'refused' },
      { ...entry, actor: 'watched', subject: 'watched', outcome: 'ok' },
    ]);
    const kept = JSON.stringify([
      await world.query('SELECT * FROM admin_audit'),
      await world.query('SELECT * FROM admin_login_attempt'),
      await world.query('SELECT * FROM admin_session'),
      await world.query('SELECT * FROM admin_user'),
    ]);
    expect(kept).not.toMatch(/secret.typing/i);
    expect(kept).not.toContain(PASSWORD);
    expect(kept).not.toContain(visitor.cookie?.split('=')[1]);
  });
});

describe('after five failures from one address', () => {
  test('a name is locked there, whether it exists or not, and this is audited', async () => {
    await addUser(world.app, 'target');
    for (const name of ['target', 'phantom']) {
      const visitor = createVisitor(url);
      await haveFailed(4, { name, ...from(visitor) });
      expect((await visitor.logIn(name, 'a wrong password')).status).toBe(401);
      const locked = await visitor.logIn(name);
      expect([locked.status, locked.json.error]).toEqual([423, 'locked']);
      expect(locked.json.retryAfterMs).toBeGreaterThan(0);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await audited(world, 'lockout')).toContainEqual(
        expect.objectContaining({
          ip: visitor.ip,
          subject: name === 'target' ? name : null,
          outcome: 'locked',
        }),
      );
    }
  });

  test('its user can sign in from everywhere else', async () => {
    await addUser(world.app, 'hunted');
    await haveFailed(20, { name: 'hunted' });
    expect((await createVisitor(url).logIn('hunted')).status).toBe(200);
  });

  test('other processes know, including those started later', async () => {
    await addUser(world.app, 'shared');
    const visitor = createVisitor(await (await world.openApp({ PORT: '0' })).serve());
    await haveFailed(5, { name: 'shared', ...from(visitor) });
    expect((await visitor.logIn('shared')).status).toBe(423);
  });

  test('the lock ends when the failures are old; attempts in the meantime do not extend it', async () => {
    await addUser(world.app, 'patient');
    const visitor = createVisitor(url);
    await haveFailed(5, { name: 'patient', ...from(visitor) });
    await age(14);
    for (let time = 0; time < 5; time += 1) expect((await visitor.logIn('patient')).status).toBe(423);
    await age(2);
    expect((await visitor.logIn('patient')).status).toBe(200);
  });

  test('the command line can remove the lock', async () => {
    await addUser(world.app, 'eager');
    const visitor = createVisitor(url);
    await haveFailed(5, { name: 'eager', ...from(visitor) });
    expect(await world.app.admin.unlock('eager', { actor: 'cli:root', ip: null })).toBe('changed');
    expect((await visitor.logIn('eager')).status).toBe(200);
  });

  test('but not after four, a success, and four more', async () => {
    await addUser(world.app, 'clumsy');
    const visitor = createVisitor(url);
    await haveFailed(4, { name: 'clumsy', ...from(visitor) });
    expect((await visitor.logIn('clumsy')).status).toBe(200);
    await haveFailed(4, { name: 'clumsy', ...from(visitor) });
    expect((await visitor.logIn('clumsy')).status).toBe(200);
  });

  test('concurrent attempts check no more than five passwords', async () => {
    await addUser(world.app, 'crowded');
    const visitor = createVisitor(url);
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await visitor.logIn('crowded', 'a wrong password')).status),
    );
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
    expect(new Set(statuses)).toContain(423);
  });
});

describe('after fifty failures from everywhere', () => {
  test('a name is locked except where its user was signed in before', async () => {
    await addUser(world.app, 'famous');
    const visitor = createVisitor(url);
    expect((await visitor.logIn('famous')).status).toBe(200);
    for (let address = 1; address <= 10; address += 1)
      await haveFailed(5, { name: 'famous', address: `198.51.100.${address}` });
    const strange = await createVisitor(url).logIn('famous');
    expect([strange.status, strange.json.error]).toEqual([423, 'locked']);
    expect((await createVisitor(url, visitor.ip.replace(/::1$/, '::2')).logIn('famous')).status).toBe(200);
  });

  test('having signed in as another user does not help with this name', async () => {
    await addUser(world.app, 'wanted');
    await addUser(world.app, 'insider');
    const visitor = createVisitor(url);
    expect((await visitor.logIn('insider')).status).toBe(200);
    await haveFailed(50, { name: 'wanted' });
    expect((await visitor.logIn('wanted')).status).toBe(423);
  });
});

test('an address with many failures is refused for all names, and no other address is', async () => {
  await addUser(world.app, 'bystander');
  for (let time = 0; time < 19; time += 1)
    await haveFailed(1, { name: `guess${time}`, address: addressKey('2001:db8:1:2::') });
  const attacker = createVisitor(url, '2001:db8:1:2::1');
  expect((await attacker.logIn('guess', 'a wrong password')).status).toBe(401);
  // An IPv6 client has all of the last 64 bits.
  for (const ip of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9']) {
    const seen = await createVisitor(url, ip).logIn('bystander');
    expect([seen.status, seen.json.error]).toEqual([429, 'too_many']);
    expect(seen.json.retryAfterMs).toBeGreaterThan(0);
  }
  expect((await createVisitor(url, '2001:db8:1:3::1').logIn('bystander')).status).toBe(200);
  expect(await audited(world, 'lockout')).toContainEqual(
    expect.objectContaining({ ip: '2001:db8:1:2::1', outcome: 'too_many' }),
  );
  await age(16);
  expect((await attacker.logIn('bystander')).status).toBe(200);
});

test('a site with many failures is refused on all its networks', async () => {
  await addUser(world.app, 'sighted');
  for (let network = 1; network <= 10; network += 1)
    await haveFailed(10, { name: `site${network}`, address: addressKey(`2001:db8:7:${network}::`) });
  expect((await createVisitor(url, '2001:db8:7:ffff::1').logIn('sighted')).status).toBe(429);
  expect((await createVisitor(url, '2001:db8:70::1').logIn('sighted')).status).toBe(200);
});

test('a process limits the passwords of strangers it checks; users can sign in from known addresses', async () => {
  let nowMs = Date.now();
  const db = await openDatabase(world.env.DATABASE_URL ?? '', adminEntities, []);
  const admin = createAdmin(db, { now: () => new Date(nowMs) });
  await addUser(world.app, 'popular');
  const logIn = async (ip: string) => (await admin.logIn({ name: 'popular', password: PASSWORD, ip })).kind;
  expect(await logIn('203.0.113.1')).toBe('signed_in');
  for (let stranger = 2; stranger <= 60; stranger += 1)
    expect(await logIn(`203.0.113.${stranger}`)).toBe('signed_in');
  for (let time = 0; time < 6; time += 1) expect(await logIn('203.0.113.99')).toBe('too_many');
  expect(await logIn('203.0.113.1')).toBe('signed_in');
  nowMs += 1_000;
  // An attempt whose password was not checked is not a failure.
  expect(await logIn('203.0.113.99')).toBe('signed_in');
  expect(await logIn('203.0.113.100')).toBe('too_many');
  await db.destroy();
});

test('expired attempts are deleted, others stay', async () => {
  await addUser(world.app, 'purged');
  await haveFailed(3, { name: 'purged' });
  await age(16);
  const visitor = createVisitor(url);
  await visitor.logIn('purged');
  await world.query('UPDATE admin_session SET expires_at = NOW() - INTERVAL 1 DAY WHERE user_id IN (1, 2)');
  await haveFailed(1, { name: 'purged' });
  await world.app.admin.purge();
  expect(await world.query('SELECT COUNT(*) AS n FROM admin_login_attempt')).toEqual([{ n: '1' }]);
  expect(await world.query('SELECT COUNT(*) AS n FROM admin_session WHERE user_id IN (1, 2)')).toEqual([
    { n: '0' },
  ]);
  expect((await visitor.get('/admin/api/me')).status).toBe(200);
});
