import { setTimeout as wait } from 'node:timers/promises';
import { type Config, ConfigError, channelVariables, readConfig } from '../config.ts';
import { checkChannels } from './check-channels.ts';
import { checkClocks } from './check-clocks.ts';
import { checkDatabase } from './check-database.ts';
import { checkExposure } from './check-exposure.ts';
import { checkQueue } from './check-queue.ts';
import { checkRedis } from './check-redis.ts';
import { type Check, CONFIGURATION, type Finding, fail, messageOf, ok, warn } from './finding.ts';

/** What has not answered by then is said not to, ms. Longer than a connection attempt and a channel call together. */
const LIMIT_MS = 15_000;

/**
 * Examines the whole installation: configuration, keys, database, Redis, worker, clocks. Changes nothing: it asks
 * the channels about an order that cannot exist, and Redis to keep a key for a moment. All checks run at once, each within `LIMIT_MS`; one that fails keeps
 * none of the others from reporting. Never throws.
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
  const findings = await Promise.all(checks.map(inTime));
  return [configured(config), ...findings.flat()];
}

/** The configuration, or what is wrong with it: then nothing else can be examined. */
function configOf(env: NodeJS.ProcessEnv): Config | Finding[] {
  try {
    return readConfig(env);
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [messageOf(error)];
    const mend = 'set it in the environment or in .env; .env.example says how. The rest is examined then';
    return problems.map((problem) => fail(CONFIGURATION, problem, mend));
  }
}

function configured({ channels }: Config): Finding {
  const names = channels.map(({ about }) => about.name);
  if (names.length > 0) return ok(CONFIGURATION, `complete; channels: ${names.join(', ')}`);
  return warn(
    CONFIGURATION,
    'no channel is configured: none is examined',
    `set ${channelVariables}; for a program with channels of its own alone that is as it should be`,
  );
}

async function inTime({ name, run }: Check): Promise<Finding[]> {
  const over = new AbortController();
  const late = wait(LIMIT_MS, undefined, { signal: over.signal }).then(
    () => [fail(name, `no answer within ${LIMIT_MS / 1000} s`, 'see whether it hangs, or the way there')],
    () => [],
  );
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    return [fail(name, `could not be examined: ${messageOf(error)}`, 'mend what the message says')];
  } finally {
    over.abort();
  }
}
