import { Queue } from 'bullmq';
import { DataSource } from 'typeorm';
import { startProcess } from '../measure/process.ts';
import type { Peer } from '../peer.ts';
import { QUEUE } from './entities.ts';

const CHUNK = 500;

/** What anybody writes in an afternoon: see `worker.ts`. */
export const obvious: Peer = {
  name: 'obvious',
  async prepare({ databaseUrl, redisUrl, prefix, count }, dueAt) {
    const db = await new DataSource({ type: 'mysql', url: databaseUrl, timezone: 'Z' }).initialize();
    await db.query(`CREATE TABLE IF NOT EXISTS obvious_order (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, order_no VARCHAR(32) NOT NULL UNIQUE,
      status VARCHAR(20) NOT NULL, amount INT NOT NULL, expires_at DATETIME(3) NOT NULL, closed_at DATETIME(3) NULL,
      KEY ix_status (status, expires_at))`);
    await db.query(`CREATE TABLE IF NOT EXISTS obvious_close_record (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id BIGINT UNSIGNED NOT NULL, order_no VARCHAR(32) NOT NULL,
      close_type VARCHAR(20) NOT NULL, result VARCHAR(200) NOT NULL, created_at DATETIME(3) NOT NULL, KEY ix_order (order_id))`);
    const queue = new Queue(QUEUE, { connection: { url: redisUrl }, prefix });
    for (let from = 0; from < count; from += CHUNK) {
      const numbers = Array.from({ length: Math.min(CHUNK, count - from) }, (_, n) => `${prefix}${from + n}`);
      const rows = numbers.map((number, n) => [number, 'progress', 100, dueAt(from + n)]);
      await db.query('INSERT INTO obvious_order (order_no, status, amount, expires_at) VALUES ?', [rows]);
      await queue.addBulk(
        numbers.map((orderNo, n) => ({
          name: 'timeout',
          data: { orderNo },
          opts: { jobId: orderNo, delay: dueAt(from + n).getTime() - Date.now() },
        })),
      );
    }
    await queue.close();
    await db.destroy();
  },
  startWorker: ({ databaseUrl, redisUrl, wechat, prefix }) =>
    startProcess(
      'bench/speed/obvious/worker.ts',
      [],
      { ...wechat, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, REDIS_PREFIX: prefix },
      'ready',
    ),
  async progress({ databaseUrl, prefix }) {
    const db = await new DataSource({ type: 'mysql', url: databaseUrl, timezone: 'Z' }).initialize();
    const [row]: { closed: string; lastAt: Date | null }[] = await db.query(
      "SELECT COUNT(*) AS closed, MAX(closed_at) AS lastAt FROM obvious_order WHERE status = 'close' AND order_no LIKE ?",
      [`${prefix}%`],
    );
    await db.destroy();
    return { closed: Number(row?.closed ?? 0), lastAt: row?.lastAt?.getTime() ?? 0 };
  },
};
