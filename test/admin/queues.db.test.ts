import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweepDue } from '../../src/order/due/sweep.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { createWorld, type World } from '../support/world.ts';
import { addUser, audited, createVisitor, type Visitor } from './visitor.ts';

let world: World;
let url: string;
let admin: Visitor;
let order: PaymentOrder;
const ours = { 'sec-fetch-site': 'same-origin' };

beforeAll(async () => {
  world = await createWorld({ TRUST_PROXY: '127.0.0.1' });
  url = await world.app.serve();
  await addUser(world.app, 'boss', 'admin');
  await addUser(world.app, 'operator', 'operator');
  admin = createVisitor(url);
  await admin.logIn('boss');
  order = await world.create('wechat_pay');
});
afterAll(() => world.end());

const put = (visitor: Visitor, path: string, headers: Record<string, string> = ours) =>
  visitor.send('PUT', `/admin/queues/api/queues/${path}`, headers);

describe('Bull Board', () => {
  test('shows the queues to an admin, without external resources, inline styles or scripts', async () => {
    const page = await admin.get('/admin/queues', { accept: 'text/html' });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('<base href="/admin/queues/"')]);
    const policy = page.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'self'"])
      expect(policy.split('; ')).toContain(part);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const script = /src="(static\/js\/main[^"]+)"/.exec(page.text)?.[1];
    expect((await admin.get(`/admin/queues/${script}`)).status).toBe(200);
    const listed = await admin.get('/admin/queues/api/queues');
    expect([listed.status, listed.text]).toEqual([200, expect.stringContaining('close-wechat_pay')]);
  });

  test('is closed to all others: page, files and actions', async () => {
    const operator = createVisitor(url);
    await operator.logIn('operator');
    for (const path of ['', '/', '/api/queues', '/static/js/main.js', '/queue/close-wechat_pay']) {
      expect((await createVisitor(url).get(`/admin/queues${path}`)).status).toBe(401);
      const seen = await operator.get(`/admin/queues${path}`);
      expect([seen.status, seen.json.error]).toEqual([403, 'not_allowed']);
    }
    expect((await put(operator, `close-wechat_pay/${order.orderNo}/clean`)).status).toBe(403);
    expect(await world.timerState(order)).toBe('delayed');
    const visit = await createVisitor(url).get('/admin/queues', { accept: 'text/html' });
    expect([visit.status, visit.headers.get('location')]).toEqual([302, '/admin/']);
  });

  test('performs only requests from its own page, and audits them', async () => {
    const path = `close-wechat_pay/${order.orderNo}/clean`;
    const foreign: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: url },
      { origin: 'https://evil.example' },
    ];
    for (const headers of foreign) {
      const seen = await put(admin, path, headers);
      expect([seen.status, seen.json.error]).toEqual([403, 'bad_csrf']);
    }
    expect(await world.timerState(order)).toBe('delayed');
    expect((await put(admin, path, { origin: url })).status).toBe(204);
    expect(await world.timerState(order)).toBe('unknown');
    expect(await audited(world, 'refused')).toMatchObject([
      { actor: 'operator', subject: `/admin/queues/api/queues/${path}`, outcome: 'not_allowed' },
      ...foreign.map(() => ({ actor: 'boss', outcome: 'bad_csrf' })),
    ]);
    expect(await audited(world, 'queues.put')).toEqual([
      ...['begun', 'ok'].map((outcome) => ({
        ...{ actor: 'boss', ip: admin.ip, action: 'queues.put', subject: `/api/queues/${path}` },
        ...{ before: null, after: null, outcome },
      })),
    ]);
  });

  test('cannot keep timers from firing', async () => {
    const { orderNo } = await world.create('wechat_pay');
    for (const path of [
      'pause',
      'close-wechat_pay/pause',
      'close-wechat_pay/obliterate',
      'close-wechat_pay/concurrency',
      'close-wechat_pay/rate-limit',
    ]) {
      const seen = await put(admin, path);
      expect([path, seen.status, seen.json.error]).toEqual([path, 403, 'not_allowed']);
    }
    const change = { 'content-type': 'application/json', ...ours };
    const move = `/admin/queues/api/queues/close-wechat_pay/${orderNo}/update-data`;
    expect((await admin.send('PATCH', move, change, '{"orderNo":"X"}')).status).toBe(403);
    expect(await world.queue('wechat_pay').isPaused()).toBe(false);
    const subject = '/admin/queues/api/queues/pause';
    expect(await audited(world, 'refused')).toContainEqual(
      expect.objectContaining({ actor: 'boss', subject, outcome: 'not_allowed' }),
    );
    expect((await put(admin, 'close-wechat_pay/resume')).status).toBe(200);
  });

  test('attempts of a viewer and requests from elsewhere are refused and audited; reads are not', async () => {
    await addUser(world.app, 'looker', 'viewer');
    const viewer = createVisitor(url);
    await viewer.logIn('looker');
    const path = `/admin/api/orders/${order.orderNo}/close`;
    expect((await viewer.post(path)).status).toBe(403);
    expect((await viewer.post('/admin/api/stuck/ask', {}, { 'x-csrf-token': 'forged' })).status).toBe(403);
    expect((await viewer.get('/admin/api/audit')).status).toBe(403);
    expect((await audited(world, 'refused')).filter(({ actor }) => actor === 'looker')).toMatchObject([
      { ip: viewer.ip, subject: path, outcome: 'not_allowed' },
      { ip: viewer.ip, subject: '/admin/api/stuck/ask', outcome: 'bad_csrf' },
    ]);
  });

  test('neither empties a queue nor promotes jobs, which would delay due closes', async () => {
    const timer = await world.create('wechat_pay');
    for (const path of ['promote', 'empty', 'clean/delayed', `${timer.orderNo}/promote`]) {
      const seen = await put(admin, `close-wechat_pay/${path}`);
      expect([path, seen.status, seen.json.error]).toEqual([path, 403, 'not_allowed']);
    }
    expect(await world.timerState(timer)).toBe('delayed');
  });

  test('a timer deleted with it is restored by the sweep', async () => {
    const lost = await world.create('wechat_pay');
    await put(admin, `close-wechat_pay/${lost.orderNo}/clean`);
    expect(await world.timerState(lost)).toBe('unknown');
    await world.expire(lost);
    await sweepDue(world.app.deps);
    expect(await world.timerState(lost)).not.toBe('unknown');
  });
});
