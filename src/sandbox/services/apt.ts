import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findPrograms, type Search } from './binaries.ts';

const UPDATE_WITHIN_MS = 5 * 60_000;
const INSTALL_WITHIN_MS = 15 * 60_000;

/**
 * Keep the installation from starting the server as a system service: the first is for init scripts, the second makes
 * systemctl ignore systemd.
 */
const KEEP_SERVICES_DOWN = { RUNLEVEL: '1', SYSTEMD_OFFLINE: '1' };

/**
 * Installs packages on Debian and its derivatives, as root only, after announcing it. Null: done; otherwise the reason why not.
 */
export async function installPackages(
  packages: string[],
  search: Search,
  say: (line: string) => void,
): Promise<string | null> {
  const [apt] = await findPrograms(['apt-get'], search);
  const isDebian = await access('/etc/debian_version').then(
    () => true,
    () => false,
  );
  if (apt === undefined || !isDebian) return 'this is not Debian or Ubuntu, so nothing was installed';
  if (process.getuid?.() !== 0) return 'not root, so nothing was installed';

  say(`Installing ${packages.join(' and ')} with apt-get, without starting their services.`);
  const env = { ...search.env, ...KEEP_SERVICES_DOWN, DEBIAN_FRONTEND: 'noninteractive' };
  const run = async (args: string[], timeout: number) =>
    promisify(execFile)(apt, ['-o', 'DPkg::Lock::Timeout=60', ...args], { env, timeout, maxBuffer: 2 ** 26 });
  try {
    // A failing source does not matter by itself: the installation shows whether it is needed.
    await run(['update'], UPDATE_WITHIN_MS).catch(() => undefined);
    await run(['install', '-y', '--no-install-recommends', ...packages], INSTALL_WITHIN_MS);
    return null;
  } catch (error) {
    return `apt-get could not install ${packages.join(' and ')}: ${lastLine(error)}`;
  }
}

function lastLine(error: unknown): string {
  const stderr =
    error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  return stderr.trim().split('\n').at(-1) || String(error);
}
