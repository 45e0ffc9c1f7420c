import { type Finding, fail, ok, warn } from '../finding.ts';
import type { RedisInfo } from './info.ts';

const NEARLY_FULL = 0.8;
const MIB = 1024 * 1024;

/** Whether Redis keeps timers when memory runs out, and how much memory is left. */
export function memoryFindings(info: RedisInfo): Finding[] {
  return [policyFinding(info.get('maxmemory_policy')), headroomFinding(info)];
}

function policyFinding(policy: string | undefined): Finding {
  const check = 'redis maxmemory-policy';
  if (policy === undefined)
    return warn(
      check,
      'is not reported',
      'check where Redis is hosted that its maxmemory-policy is noeviction',
    );
  if (policy === 'noeviction') return ok(check, policy);
  return fail(
    check,
    `is ${policy}: Redis evicts timers when memory runs out`,
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
    `${found}: if it is full no timer can be set, and orders close late`,
    'raise maxmemory, or check what else is stored there: an order takes about 1 KiB',
  );
}
