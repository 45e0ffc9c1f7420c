import { type Browser, chromium } from 'playwright-core';
import { installPackages } from '../../src/sandbox/services/apt.ts';
import { findPrograms } from '../../src/sandbox/services/binaries.ts';

/** The first is Debian's; the others are other packages of the browser. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const START_WITHIN_MS = 120_000;
/** Makes no connections except to the pages that it opens. */
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts headless Chromium with a temporary profile. If it is missing it is installed, like MySQL and Redis (as root on
 * Debian and its derivatives); throws if it is not available.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = await findOrInstall();
  return chromium.launch({
    executablePath,
    args: ARGS,
    // Chromium's sandbox does not start in a container or as root; the pages are ours.
    chromiumSandbox: false,
    timeout: START_WITHIN_MS,
  });
}

async function findOrInstall(): Promise<string> {
  const search = { env: process.env, directories: ['/usr/bin', '/usr/local/bin', '/snap/bin'] };
  const [found] = await findPrograms(PROGRAMS, search);
  if (found !== undefined) return found;
  const failure = await installPackages(['chromium'], search, (line) => process.stdout.write(`${line}\n`));
  const [installed] = await findPrograms(PROGRAMS, search);
  if (installed !== undefined) return installed;
  throw new Error(
    `There is no Chromium to test the admin page with (${PROGRAMS.join(', ')} on PATH): ${failure ?? 'apt-get installed none'}. ` +
      'Install it, on Debian with: apt-get install chromium',
  );
}
