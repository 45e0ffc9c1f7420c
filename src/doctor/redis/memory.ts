import { type Finding, fail, ok, warn } from '../finding.ts';
import type { RedisInfo } from './info.ts';

const NEARLY_FULL = 0.8;
const MIB = 1024 * 1024;

/** That Redis throws no timers away when memory is short, and that it is not short. */
export function memoryFindings(info: RedisInfo): Finding[] {
  return [policyFinding(info.get('maxmemory_policy')), headroomFinding(info)];
}

function policyFinding(policy: string | undefined): Finding {
  const check = 'redis maxmemory-policy';
  if (policy === undefined)
    return warn(check, 'is not told', 'see where Redis is run that its maxmemory-policy is noeviction');
  if (policy === 'noeviction') return ok(check, policy);
  return fail(
    check,
    `is ${policy}: Redis throws timers away when memory is short`,
    'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf',
  );
}

function headroomFinding(info: RedisInfo): Finding {
  const check = 'redis memory';
  const used = Number(info.get('used_memory') ?? 0);
  const limit = Number(info.get('maxmemory') ?? 0);
  const usedMib = `${Math.ceil(used / MIB)} MiB`;
  if (limit === 0) return ok(check, `${usedMib} used, no limit`);
  const found = `${usedMib} of ${Math.floor(limit / MIB)} MiB used`;
  if (used < limit * NEARLY_FULL) return ok(check, found);
  return warn(
    check,
    `${found}: when it is full no timer can be set, and orders close late`,
    'raise maxmemory, or see what else lives there: an order takes about 1 KiB',
  );
}
