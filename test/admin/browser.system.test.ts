import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ChannelName } from '../../src/channel/channel.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { startOwnDatabase } from '../../src/sandbox/services/services.ts';
import { startChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { buildPage, openTab, type Tab } from './browser.ts';
import { addUser, audited } from './visitor.ts';

/** For a browser on a busy machine. */
const LIMIT_MS = 300_000;

let world: World;
let browser: Browser;
let url: string;

beforeAll(async () => {
  await buildPage();
  [browser, world] = await Promise.all([startChromium(), createWorld({ LATE_PAYMENT_POLICY: 'manual' })]);
  url = await world.app.serve();
  world.app.work();
  await addUser(world.app, 'boss', 'admin');
  await addUser(world.app, 'li', 'operator');
  await addUser(world.app, 'guest', 'viewer');
}, LIMIT_MS);
afterAll(async () => {
  await browser.close();
  await world.end();
});

const control = () => world.simulator.control;

async function signedIn(name: string, options = {}): Promise<Tab> {
  const tab = await openTab(browser, url, options);
  await tab.arrive(name);
  return tab;
}

/** A stuck order: not retried for now, although its channel would close it. */
async function stuck(channel: ChannelName): Promise<PaymentOrder> {
  const order = await world.expire(await world.create(channel), 60_000);
  const nextCloseAt = new Date(Date.now() + 3_600_000);
  return world.edit(order, { nextCloseAt, stuckAt: new Date(), retryReason: 'unreachable', retryCount: 7 });
}

/** An order paid after its close, kept for a decision. */
async function paidLate(): Promise<PaymentOrder> {
  const order = await world.create('wechat_pay');
  await world.edit(order, { status: 'close', closedAt: new Date(), nextCloseAt: null });
  await control().pay(order.orderNo);
  return until('the late payment is recorded', async () => {
    const now = await world.reload(order);
    return now.latePaidAt === null ? null : now;
  });
}

const status = (page: Page, text: string) => page.getByRole('main').getByText(text, { exact: true }).first();
const dialogButton = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name });
/** Clicks `action`, reads the sentence on what it will do, and confirms. */
async function act(page: Page, action: string, sentence: string): Promise<void> {
  await page.getByRole('button', { name: action, exact: true }).click();
  await page.getByRole('dialog').getByText(sentence).waitFor();
  await dialogButton(page, `确认${action}`).click();
}

describe('the admin page in a browser', { timeout: LIMIT_MS }, () => {
  test('admits only users with the right password', async () => {
    const { page, logIn, faults } = await openTab(browser, url);
    await page.goto('/admin/orders');
    await page.getByLabel('用户名').fill('boss');
    await page.getByLabel('密码', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('用户名或密码不正确').waitFor();
    expect(faults).toEqual([expect.stringContaining('401')]);
    await logIn('boss');
    await page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
    await page.getByRole('button', { name: /boss/ }).click();
    await page.getByRole('menuitem', { name: '退出登录' }).click();
    await page.getByRole('button', { name: '登录' }).waitFor();
    expect((await page.request.get('/admin/api/orders')).status()).toBe(401);
  });

  test('shows an order’s countdown, expiry and close, live', async () => {
    const { page, faults } = await signedIn('guest');
    const order = await world.create('wechat_pay');
    await page.goto(`/admin/orders/${order.orderNo}`);
    await status(page, '支付中').waitFor();
    const timer = page.getByRole('timer');
    const first = await timer.textContent();
    expect(first).toMatch(/^剩余 \d+ 分/);
    await until('it counts down', async () => (await timer.textContent()) !== first);
    await page.evaluate('window.isThisVeryPage = true');

    // The order now expires in seconds, while the page is open.
    const at = new Date(Date.now() + 3_000);
    const hurried = await world.edit(order, { expiresAt: at, nextCloseAt: at });
    await world.app.deps.timer.set(hurried, at, 'timeout');
    await status(page, '已关闭').waitFor();
    await page.getByRole('region', { name: '时间线' }).getByText('延时任务').waitFor();
    await timer.waitFor({ state: 'detached' });
    expect(await page.evaluate('window.isThisVeryPage')).toBe(true);
    expect(control().order(order.orderNo)).toMatchObject({ state: 'CLOSED', payable: false });
    expect(faults).toEqual([]);
  });

  test('closes an order after a confirmation, and shows the outcome', async () => {
    const { page, goTo, faults } = await signedIn('li');
    const order = await world.create('wechat_pay');
    await goTo('支付订单');
    await page.getByRole('link', { name: order.orderNo }).click();
    await page.getByRole('button', { name: '关闭订单' }).click();
    await dialogButton(page, '返回').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(control().order(order.orderNo)).toMatchObject({ payable: true });

    await act(page, '关闭订单', '将立即请求微信支付关闭此订单');
    await page.getByText('已关闭：通道已确认').waitFor();
    await status(page, '已关闭').waitFor();
    expect(control().order(order.orderNo)).toMatchObject({ state: 'CLOSED', payable: false });
    expect((await world.records(order)).at(-1)).toMatchObject({
      ...{ trigger: 'admin', actor: 'li', clientIp: '127.0.0.1', outcome: 'closed' },
    });
    expect(await audited(world, 'close')).toMatchObject([
      { actor: 'li', ip: '127.0.0.1', subject: order.orderNo, outcome: 'begun' },
      { actor: 'li', ip: '127.0.0.1', subject: order.orderNo, outcome: 'closed' },
    ]);
    await goTo('关闭记录');
    const row = page.getByRole('row').filter({ hasText: order.orderNo });
    await row.filter({ hasText: '管理后台' }).filter({ hasText: 'li · 127.0.0.1' }).waitFor();
    expect(faults).toEqual([]);
  });

  test('re-closes selected stuck orders, after a dry run', async () => {
    const [order, other] = [await stuck('wechat_pay'), await stuck('ali_pay')];
    const { page, goTo, faults } = await signedIn('li');
    await goTo('死信');
    const row = page.getByRole('row').filter({ hasText: order.orderNo });
    await page.getByRole('checkbox', { name: `选择 ${order.orderNo}` }).check();
    await page.getByRole('button', { name: '试运行：向通道查单' }).click();
    await page.getByText('试运行：1 个订单的通道查单结果如下').waitFor();
    await row.getByText('未支付', { exact: true }).waitFor();
    expect(await world.reload(order)).toMatchObject({ status: 'progress', stuckAt: order.stuckAt });

    await page.getByRole('button', { name: '重新关单：选中的 1 个' }).click();
    await dialogButton(page, '确认重新关单').click();
    await page.getByText('1 个已重新入队').waitFor();
    await row.waitFor({ state: 'detached' });
    await until('it is closed', async () => (await world.reload(order)).status === 'close');
    expect(control().order(order.orderNo)).toMatchObject({ state: 'CLOSED' });
    expect(await world.reload(other)).toEqual(other);
    expect(faults).toEqual([]);
  });

  test('refunds a late payment', async () => {
    const order = await paidLate();
    const { page, goTo, faults } = await signedIn('li');
    await goTo('关单后支付');
    // It stays in the list of violations.
    const refund = page.getByRole('button', { name: '退款' });
    const row = page.getByRole('row').filter({ hasText: order.orderNo, has: refund });
    await row.getByRole('button', { name: '退款' }).click();
    await page.getByRole('dialog').getByText('将通过微信支付向顾客全额退款 ¥1.00').waitFor();
    expect(control().order(order.orderNo)).toMatchObject({ refundedFen: 0 });
    await dialogButton(page, '确认退款').click();
    await page.getByText('已开始退款').waitFor();
    await row.waitFor({ state: 'detached' });
    await until('the money is back', () => control().order(order.orderNo)?.refundedFen === 100);
    await page.goto(`/admin/orders/${order.orderNo}`);
    await status(page, '已退款').waitFor();
    expect(faults).toEqual([]);
  });

  test('lets a viewer read, but not act', async () => {
    const [order, late] = [await stuck('wechat_pay'), await paidLate()];
    const { page, goTo, faults } = await signedIn('guest');
    for (const { orderNo } of [order, late]) {
      await page.goto(`/admin/orders/${orderNo}`);
      await page.getByText('只读角色不能执行操作').waitFor();
      expect(await page.getByRole('region', { name: '操作' }).getByRole('button').count()).toBe(0);
    }
    await goTo('死信');
    await page.getByRole('link', { name: order.orderNo }).waitFor();
    await goTo('关单后支付');
    // Twice, once the violations are loaded too.
    await page.getByRole('link', { name: late.orderNo }).first().waitFor();
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
    expect(await page.getByRole('link', { name: '审计' }).count()).toBe(0);
    await page.goto('/admin/audit');
    await page.getByText('您的角色无权执行此操作').waitFor();
    expect(faults).toEqual([]);

    const answer = await page.evaluate<{ status: number; error: string }>(`(async () => {
      const { csrf } = await (await fetch('/admin/api/me')).json();
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
      const path = '/admin/api/orders/${order.orderNo}/close';
      const response = await fetch(path, { method: 'POST', headers, body: '{}' });
      return { status: response.status, error: (await response.json()).error };
    })()`);
    expect(answer).toEqual({ status: 403, error: 'not_allowed' });
    expect(await world.reload(order)).toEqual(order);
  });

  test('switches to English, and remembers it', async () => {
    const { page, faults } = await signedIn('guest');
    await page.getByRole('button', { name: '账户: guest' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.reload();
    await page
      .getByRole('navigation', { name: 'Menu' })
      .getByRole('link', { name: 'Dead letters' })
      .waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(faults).toEqual([]);
  });

  test('opens Bull Board for an admin who has signed in', async () => {
    const { page, faults } = await signedIn('boss');
    await page.getByRole('link', { name: 'Bull Board' }).click();
    await page.getByText('close-wechat_pay').first().waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/admin\/queues/);
    // Bull Board's inline styles and external font are blocked; everything else must work.
    const refused = /'style-src 'self''|"style-src 'self'"/;
    expect(faults.filter((fault) => !refused.test(fault))).toEqual([]);
  });
});

describe('while the database is away', { timeout: LIMIT_MS }, () => {
  test('says so in an error message, and recovers automatically', async () => {
    const database = await startOwnDatabase({ env: process.env, say: () => {} });
    onTestFinished(() => database.stop());
    const own = await createWorld({}, database.url);
    onTestFinished(() => own.end());
    const ownUrl = await own.app.serve();
    await addUser(own.app, 'li', 'operator');
    const order = await own.create('wechat_pay');
    const [one, other] = await Promise.all([openTab(browser, ownUrl), openTab(browser, ownUrl)]);
    for (const tab of [one, other]) {
      await tab.arrive('li');
      await tab.page.goto(`/admin/orders/${order.orderNo}`);
      await status(tab.page, '支付中').waitFor();
    }
    const live = (page: Page, text: string) => page.locator('.live').getByText(text, { exact: true });
    await live(one.page, '实时更新中').waitFor();
    await one.page.evaluate('window.isThisVeryPage = true');

    await database.kill();
    await live(one.page, '数据库不可用，正在等待恢复…').waitFor();
    await act(one.page, '关闭订单', '将立即请求微信支付关闭此订单');
    const sentence = /^数据库不可用。恢复后本页会自动刷新/;
    await one.page
      .getByRole('main')
      .getByText(/^关闭订单: 数据库不可用。/)
      .waitFor();
    await other.page.reload();
    await other.page.getByText(sentence).waitFor();
    expect(await other.barriers()).toEqual([]);
    const answer = await one.page.request.get('/admin/api/orders');
    expect([answer.status(), await answer.json()]).toEqual([
      503,
      { error: 'unavailable', detail: 'database', traceId: expect.any(String) },
    ]);

    await database.start();
    await live(one.page, '实时更新中').waitFor();
    for (const { page } of [one, other]) await status(page, '支付中').waitFor();
    await other.page.getByText(sentence).waitFor({ state: 'detached' });
    expect(await one.page.evaluate('window.isThisVeryPage')).toBe(true);
    await own.edit(order, { title: '恢复之后' });
    await one.page.getByText('恢复之后').first().waitFor();
  });
});

test(
  'the overview names a queue that another program paused',
  async () => {
    const { page } = await signedIn('guest');
    await world.queue('ali_pay').pause();
    try {
      await page.goto('/admin/');
      await page.getByText('队列被其他程序暂停：支付宝').waitFor();
    } finally {
      await world.queue('ali_pay').resume();
    }
  },
  LIMIT_MS,
);

describe.each([
  { name: 'a desk', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'a phone, dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const)('on $name', { timeout: LIMIT_MS }, ({ viewport, colorScheme }) => {
  test('every page fits and is accessible: axe finds no serious fault', async () => {
    const [order, late] = [await stuck('ali_pay'), await paidLate()];
    const { page, logIn, barriers, faults } = await openTab(browser, url, { viewport, colorScheme });
    await page.goto('/admin/login');
    await page.getByRole('button', { name: '登录' }).waitFor();
    expect(await barriers()).toEqual([]);
    await logIn('boss');
    const places: [path: string, shows: string][] = [
      ['', '通道与队列'],
      ['orders', order.orderNo],
      [`orders/${late.orderNo}`, '时间线'],
      ['stuck', order.orderNo],
      ['late', late.orderNo],
      ['close-records', '已关闭'],
      ['audit', 'login'],
      ['nowhere', '页面不存在'],
    ];
    for (const [path, shows] of places) {
      await page.goto(`/admin/${path}`);
      await page.getByText(shows).first().waitFor();
      expect([path, await barriers()]).toEqual([path, []]);
      const spill = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect([path, await page.evaluate(spill)]).toEqual([path, 0]);
    }
    await page.goto(`/admin/orders/${order.orderNo}`);
    await page.getByRole('button', { name: '关闭订单' }).click();
    await page.getByRole('dialog').getByText('您的用户名、操作时间和 IP 会记入审计日志').waitFor();
    expect(await barriers()).toEqual([]);
    expect(faults).toEqual([]);
  });
});
