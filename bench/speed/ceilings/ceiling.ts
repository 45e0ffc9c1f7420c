import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import { Pool } from 'undici';

/**
 * What one part of a close costs alone, in a process with nothing else: an upper bound for every implementation. Its name is
 * the first argument; prints `{ perS, cpuMs }` of one such part.
 */
const { DATABASE_URL = '', REDIS_URL = '', GATEWAY_URL = '', PREFIX = 'ceiling', NUMBERS = '' } = process.env;
const LASTS_MS = 4_000;
const CALLS_AT_ONCE = 200;
const COMMITS_AT_ONCE = 10;
const JOBS = 10_000;

const signInPool: (algorithm: string, text: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign);

interface Cost {
  perS: number;
  cpuMs: number;
}

async function measure(run: () => Promise<number>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const count = await run();
  const { user, system } = process.cpuUsage(cpu);
  return { perS: (count * 1000) / (performance.now() - startedAt), cpuMs: (user + system) / 1000 / count };
}

/** Runs `work` on so many at once until the time is over; returns how often. */
async function repeat(atOnce: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const until = performance.now() + LASTS_MS;
  let count = 0;
  async function lane(): Promise<void> {
    while (performance.now() < until) await work(count++);
  }
  await Promise.all(Array.from({ length: atOnce }, lane));
  return count;
}

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const ceilings: Record<string, () => Promise<Cost>> = {
  /** RSA-2048 signatures with a parsed key, on the thread pool. */
  signatures() {
    const key = newKey();
    return measure(() => repeat(64, (index) => signInPool('sha256', Buffer.from(`order ${index}`), key)));
  },
  /** Signed calls to the gateway, whose answers are not verified. */
  async calls() {
    const key = newKey();
    const pool = new Pool(GATEWAY_URL, { connections: 128 });
    const [prefix, count] = NUMBERS.split(':');
    const cost = await measure(() =>
      repeat(CALLS_AT_ONCE, async (index) => {
        const path = `/v3/pay/transactions/out-trade-no/${prefix}${index % Number(count)}?mchid=1`;
        const signature = await signInPool('sha256', Buffer.from(path), key);
        const { body } = await pool.request({
          method: 'GET',
          path,
          headers: { authorization: signature.toString('base64') },
        });
        await body.arrayBuffer();
      }),
    );
    await pool.close();
    return cost;
  },
  /** BullMQ jobs that do nothing, removed when they have run. */
  async jobs() {
    const queue = new Queue('ceiling', { connection: { url: REDIS_URL }, prefix: PREFIX });
    for (let from = 0; from < JOBS; from += 500)
      await queue.addBulk(
        Array.from({ length: 500 }, (_, n) => ({ name: 'timeout', data: { orderNo: `${from + n}` } })),
      );
    await queue.close();
    const cost = await measure(
      () =>
        new Promise<number>((resolve) => {
          let done = 0;
          const worker = new Worker('ceiling', async () => {}, {
            connection: new Redis(REDIS_URL, { maxRetriesPerRequest: null }),
            prefix: PREFIX,
            concurrency: CALLS_AT_ONCE,
            removeOnComplete: { count: 0 },
          });
          worker.on('completed', () => {
            done += 1;
            if (done === JOBS) resolve(done);
          });
        }),
    );
    return cost;
  },
  /** One guarded UPDATE and one commit for each close. */
  async commits() {
    const db = mysql.createPool({ uri: DATABASE_URL, connectionLimit: COMMITS_AT_ONCE });
    await db.query('CREATE TABLE IF NOT EXISTS ceiling (id INT PRIMARY KEY, status VARCHAR(20) NOT NULL)');
    const ids = Array.from({ length: 1_000 }, (_, id) => [id, 'progress']);
    await db.query('REPLACE INTO ceiling VALUES ?', [ids]);
    const cost = await measure(() =>
      repeat(COMMITS_AT_ONCE, (index) =>
        db.query("UPDATE ceiling SET status = IF(status = 'progress', 'close', 'progress') WHERE id = ?", [
          index % ids.length,
        ]),
      ),
    );
    await db.end();
    return cost;
  },
};

const name = process.argv[2] ?? '';
const cost = await ceilings[name]?.();
if (cost === undefined) throw new Error(`no such ceiling: ${name}`);
process.stdout.write(`result ${JSON.stringify(cost)}\n`);
process.exit(0);
