import { type Config, ConfigError, channelVariables, readConfig } from '../config.ts';
import { TimeoutError, withTimeout } from '../platform/timeout.ts';
import { checkChannels } from './check-channels.ts';
import { checkClocks } from './check-clocks.ts';
import { checkDatabase } from './check-database.ts';
import { checkExposure } from './check-exposure.ts';
import { checkQueue } from './check-queue.ts';
import { checkRedis } from './check-redis.ts';
import { type Check, CONFIGURATION, type Finding, fail, messageOf, ok, warn } from './finding.ts';

/** A check that has not finished by then fails, ms. Longer than a connection attempt plus a channel call. */
const LIMIT_MS = 15_000;

/**
 * Examines the whole installation: configuration, keys, database, Redis, workers, clocks. Changes nothing: it queries the
 * channels about an order that cannot exist, and writes a temporary key to Redis. Checks run concurrently, each within
 * `LIMIT_MS`; a failing check does not affect the others. Never throws.
 */
export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const config = configOf(env);
  if (Array.isArray(config)) return config;
  const checks = [
    checkExposure(config),
    ...checkChannels(config),
    checkClocks(config),
    checkDatabase(config.server),
    checkRedis(config.server),
    checkQueue(config.server),
  ];
  const findings = await Promise.all(checks.map(withinLimit));
  return [configured(config), ...findings.flat()];
}

/** The configuration, or its problems: then nothing else can be examined. */
function configOf(env: NodeJS.ProcessEnv): Config | Finding[] {
  try {
    return readConfig(env);
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [messageOf(error)];
    const fix =
      'set it in the environment or in .env, see .env.example. Then run this again for the other checks';
    return problems.map((problem) => fail(CONFIGURATION, problem, fix));
  }
}

function configured({ channels }: Config): Finding {
  const names = channels.map(({ about }) => about.name);
  if (names.length > 0) return ok(CONFIGURATION, `complete; channels: ${names.join(', ')}`);
  return warn(
    CONFIGURATION,
    'no channel is configured, so none was examined',
    `set ${channelVariables}; this is expected if you only use custom channels`,
  );
}

async function withinLimit({ name, run }: Check): Promise<Finding[]> {
  try {
    return await withTimeout(LIMIT_MS, run);
  } catch (error) {
    if (error instanceof TimeoutError)
      return [fail(name, `no answer within ${LIMIT_MS / 1000} s`, 'check whether it hangs, and the network')];
    return [fail(name, `could not be examined: ${messageOf(error)}`, 'fix what the message says')];
  }
}
