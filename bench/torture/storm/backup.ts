import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Scene } from './scene.ts';

/** What a dump of the database and a snapshot of Redis hold, as of one moment each. */
export interface Backup {
  tables: { name: string; columns: string[]; rows: unknown[][] }[];
  keys: { name: Buffer; value: Buffer; livesMs: number }[];
}

/** All tables in one consistent snapshot, as `mysqldump --single-transaction` takes it. Throws while a server is away. */
export async function takeBackup({ database, redis }: Scene): Promise<Backup> {
  const tables = await withDatabase(database.url, async (db) => {
    await db.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await db.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const [names] = await db.query<RowDataPacket[]>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`,
    );
    const found: Backup['tables'] = [];
    for (const { name } of names) {
      const [rows, fields] = await db.query<RowDataPacket[][]>({
        sql: `SELECT * FROM \`${name}\``,
        rowsAsArray: true,
      });
      found.push({ name, columns: fields.map((field) => field.name), rows });
    }
    return found;
  });
  const keys = await withRedis(redis.url, async (queue) => {
    const found: Backup['keys'] = [];
    for (const name of await queue.keysBuffer('*')) {
      const [value, livesMs] = [await queue.dumpBuffer(name), await queue.pttl(name)];
      if (value !== null) found.push({ name, value, livesMs: Math.max(0, livesMs) });
    }
    return found;
  });
  return { tables, keys };
}

/** Both servers are as they were. Meanwhile none of our processes reaches them. Ids are counted on from the highest. */
export async function restoreBackup(scene: Scene, { tables, keys }: Backup): Promise<void> {
  const { database, redis, proxies } = scene;
  for (const proxy of [proxies.database, proxies.redis]) {
    proxy.redirect(NOWHERE);
    proxy.cut();
  }
  await withDatabase(database.url, async (db) => {
    await db.query('SET FOREIGN_KEY_CHECKS = 0');
    for (const { name, columns, rows } of tables) {
      await db.query(`DELETE FROM \`${name}\``);
      const into = columns.map((column) => `\`${column}\``).join(', ');
      if (rows.length > 0) await db.query(`INSERT INTO \`${name}\` (${into}) VALUES ?`, [rows]);
      await db.query(`ALTER TABLE \`${name}\` AUTO_INCREMENT = 1`);
    }
  });
  await withRedis(redis.url, async (queue) => {
    await queue.flushall();
    for (const { name, value, livesMs } of keys) await queue.restore(name, livesMs, value);
  });
  proxies.database.redirect(database.url);
  proxies.redis.redirect(redis.url);
}

/** Nobody listens there. */
const NOWHERE = 'tcp://127.0.0.1:1';

async function withDatabase<T>(
  url: string,
  work: (db: Awaited<ReturnType<typeof createConnection>>) => Promise<T>,
): Promise<T> {
  // Times, numbers and JSON as the texts that they are.
  const db = await createConnection({
    uri: url,
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  try {
    return await work(db);
  } finally {
    db.destroy();
  }
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
