import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds the admin page only if it was not built since its sources or the installed packages last changed, so that `npm test`
 * and `npm run quickstart` always have it and rarely wait for it.
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
  // Under any other NODE_ENV, such as in tests, Vite would build a development page.
  process.env.NODE_ENV = 'production';
  // Imported only here: loading it takes longer than finding that the page is up to date.
  const { build } = await import('vite');
  await build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });
}
