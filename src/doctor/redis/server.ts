import { type Finding, fail, ok, warn } from '../finding.ts';
import type { RedisInfo } from './info.ts';

/** The version, and that it is a single master: the queue's scripts run on neither a cluster nor a replica. */
export function serverFindings(info: RedisInfo): Finding[] {
  const findings = [versionFinding(info)];
  if (info.get('redis_mode') === 'cluster')
    findings.push(fail('redis mode', 'is a cluster', 'use a single server, with Sentinel for failover'));
  if (info.get('role') === 'slave')
    findings.push(fail('redis role', 'is a replica: it rejects writes', 'point REDIS_URL to the master'));
  return findings;
}

function versionFinding(info: RedisInfo): Finding {
  const check = 'redis';
  const valkey = info.get('valkey_version');
  if (valkey !== undefined) return ok(check, `Valkey ${valkey}`);
  const version = info.get('redis_version') ?? 'of unknown version';
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  if (major >= 7) return ok(check, `Redis ${version}`);
  const fix = 'run Redis 7 or later, or Valkey';
  return major === 6 && minor >= 2
    ? warn(check, `Redis ${version} is not tested`, fix)
    : fail(check, `Redis ${version} is too old`, fix);
}
