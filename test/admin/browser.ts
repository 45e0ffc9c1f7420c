import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { PASSWORD } from './visitor.ts';

/** Far above what anything on the page takes, even on a busy machine. */
const LIMIT_MS = 60_000;

/** Builds the page if it has changed since the last build. */
export async function buildPage(): Promise<void> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'admin/build-if-stale.ts'], { cwd });
}

/** A user's browser, in Chinese by default. */
export interface Tab {
  page: Page;
  /** Errors reported by the browser: errors of the page, violations of its security policy, failed requests. */
  faults: string[];
  /** Opens the page and signs in with the form. */
  logIn(name: string, password?: string): Promise<void>;
  /** Opens the page with a session. */
  arrive(name: string): Promise<void>;
  /** Navigates with the page's menu. */
  goTo(place: string): Promise<void>;
  /** The serious and critical accessibility faults that axe finds now. */
  barriers(): Promise<string[]>;
}

/**
 * Opens a tab in a new profile; it is closed after the test. Animations are off, so that clicks hit what was seen.
 */
export async function openTab(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({
    baseURL,
    locale: 'zh-CN',
    reducedMotion: 'reduce',
    ...options,
  });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const isFault = message.type() === 'error' || message.type() === 'warning';
    // Before signing in, the browser reports the expected 401.
    const isSignedOut = message.location().url.endsWith('/admin/api/me') && message.text().includes('401');
    if (isFault && !isSignedOut) faults.push(`${message.type()}: ${message.text()}`);
  });

  return {
    page,
    faults,
    async logIn(name, password = PASSWORD) {
      await page.goto('/admin/');
      await page.getByLabel('用户名').fill(name);
      await page.getByLabel('密码', { exact: true }).fill(password);
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByRole('status').filter({ hasText: '实时更新中' }).waitFor();
    },
    async arrive(name) {
      const answer = await context.request.post('/admin/api/login', { data: { name, password: PASSWORD } });
      if (!answer.ok()) throw new Error(`not signed in: ${answer.status()}`);
      await page.goto('/admin/');
      await page.getByRole('status').filter({ hasText: '实时更新中' }).waitFor();
    },
    async goTo(place) {
      await page.getByRole('navigation', { name: '菜单' }).getByRole('link', { name: place }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
    },
    async barriers() {
      // Not as a script tag, which the policy would block.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>(
        'axe.run(document, { resultTypes: ["violations"] })',
      );
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
  };
}
