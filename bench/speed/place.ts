import { randomBytes } from 'node:crypto';
import type { LocalServices } from '../../src/sandbox/services/services.ts';
import { createDatabase } from '../torture/database.ts';
import { wechatVariables } from './gateway/keys.ts';
import { startProcess } from './measure/process.ts';
import type { Place } from './peer.ts';

/** Runs `work` in a new database, with new Redis keys, and with a gateway that has signed its answers to `count` orders. */
export async function inPlace<T>(
  services: LocalServices,
  count: number,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const database = await createDatabase(services.databaseUrl);
  const prefix = `b${randomBytes(4).toString('hex')}x`;
  const variables = wechatVariables('');
  const env = { ...variables, ORDERS: `${prefix}:${count}` };
  const gateway = await startProcess('bench/speed/gateway/gateway.ts', [], env, 'listening');
  try {
    return await work({
      databaseUrl: database.url,
      redisUrl: services.redisUrl,
      wechat: { ...variables, WECHAT_BASE_URL: `http://127.0.0.1:${gateway.ready.split(' ')[1]}/` },
      prefix,
      count,
    });
  } finally {
    await gateway.stop();
    await database.drop();
  }
}
