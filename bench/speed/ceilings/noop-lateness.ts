import { randomBytes } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** The lateness of BullMQ's delayed jobs that do nothing, at a steady rate: prints `result [ms, …]`. */
const { REDIS_URL = '', RATE = '20', LASTS_S = '15' } = process.env;
const AHEAD_MS = 3_000;
const prefix = `n${randomBytes(4).toString('hex')}`;
const count = Number(RATE) * Number(LASTS_S);
const late: number[] = [];

const queue = new Queue<{ at: number }>('noop', { connection: { url: REDIS_URL }, prefix });
const firstAt = Date.now() + AHEAD_MS + count;
for (let from = 0; from < count; from += 500)
  await queue.addBulk(
    Array.from({ length: Math.min(500, count - from) }, (_, n) => {
      const at = firstAt + ((from + n) * 1000) / Number(RATE);
      return { name: 'noop', data: { at }, opts: { delay: at - Date.now() } };
    }),
  );
new Worker<{ at: number }>(
  'noop',
  async ({ data }) => {
    late.push(Date.now() - data.at);
    if (late.length < count) return;
    process.stdout.write(`result ${JSON.stringify(late)}\n`);
    process.exit(0);
  },
  { connection: new Redis(REDIS_URL, { maxRetriesPerRequest: null }), prefix, concurrency: 200 },
);
