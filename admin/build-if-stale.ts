import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds the admin page only when it has not been built since its sources or the installed packages last changed, so
 * that `npm test` and `npm run quickstart` always have it and rarely wait for it.
 */
const here = import.meta.dirname;
const built = join(here, '../dist/admin/index.html');

function changedMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedMs(join(path, name))));
}

const sourcesMs = Math.max(changedMs(here), changedMs(join(here, '../package-lock.json')));
if (!existsSync(built) || statSync(built).mtimeMs < sourcesMs) {
  // Vite would build a page for developers where it says otherwise, as it does in tests.
  process.env.NODE_ENV = 'production';
  // Only now: to load it takes longer than to find that there is nothing to do.
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });
}
