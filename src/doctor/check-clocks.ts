import type { ConfiguredChannel } from '../channel/built-in/define-channel.ts';
import type { Config } from '../config.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/** WeChat Pay rejects signatures that are 300 s off, Alipay 600 s; half of that is critical. */
const WARN_MS = 30_000;
const FAIL_MS = 150_000;
const ASK_MS = 5_000;

/** Compares this machine's clock with each configured channel's `Date` header: signatures from another time are rejected. */
export function checkClocks({ channels }: Config): Check {
  return {
    name: 'clock',
    run: async () => (await Promise.all(channels.map(compare))).flat(),
  };
}

/** Returns nothing if the channel cannot be reached: the check of its keys reports that. */
async function compare({ about, endpoint }: ConfiguredChannel): Promise<Finding[]> {
  const before = Date.now();
  const theirs = await dateOf(endpoint);
  if (theirs === null) return [];
  // The header has whole seconds.
  const skewMs = Math.round((before + Date.now()) / 2) - (theirs + 500);
  return [judgeSkew(`clock ${about.name}`, 'the channel', skewMs, { warnMs: WARN_MS, failMs: FAIL_MS })];
}

async function dateOf(url: string): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(ASK_MS);
    const { headers } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    const date = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(date) ? null : date;
  } catch {
    return null;
  }
}

/** The finding for a clock that is `skewMs` ahead of another. */
export function judgeSkew(
  check: string,
  other: string,
  skewMs: number,
  { warnMs, failMs }: { warnMs: number; failMs: number },
): Finding {
  const byMs = Math.abs(skewMs);
  if (byMs < warnMs) return ok(check, `this machine’s clock agrees with ${other}’s`);
  const found = `this machine’s clock is ${Math.round(byMs / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${other}’s`;
  const fix = 'synchronize the clocks with NTP (timedatectl set-ntp true)';
  return byMs < failMs ? warn(check, found, fix) : fail(check, found, fix);
}
