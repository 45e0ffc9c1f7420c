import { Queue } from 'bullmq';
import { DataSource } from 'typeorm';
import { PaymentOrderEntity } from '../../src/order/store/entities.ts';
import { entities } from '../../src/order/store/tables.ts';
import { jobIdOf } from '../../src/timer/close-queues.ts';
import { queueName } from '../../src/timer/queue-name.ts';
import { startProcess } from './measure/process.ts';
import type { Peer, Place } from './peer.ts';

const CHUNK = 500;

const open = ({ databaseUrl }: Place) =>
  new DataSource({ type: 'mysql', url: databaseUrl, timezone: 'Z', entities }).initialize();

/** `autoclose work`, as it is configured by default. */
export const ours: Peer = {
  name: 'ours',
  async prepare(place, dueAt) {
    const { redisUrl, wechat, prefix, count } = place;
    const db = await open(place);
    const queue = new Queue(queueName('wechat_pay'), { connection: { url: redisUrl }, prefix });
    const createdAt = new Date(dueAt(0).getTime() - 900_000);
    for (let from = 0; from < count; from += CHUNK) {
      const numbers = Array.from({ length: Math.min(CHUNK, count - from) }, (_, n) => `${prefix}${from + n}`);
      await db.getRepository(PaymentOrderEntity).insert(
        numbers.map((orderNo, n) => ({
          orderNo,
          bizOrderNo: orderNo,
          title: 'bench',
          amountFen: 100,
          channel: 'wechat_pay' as const,
          method: 'qrcode' as const,
          channelAccount: `${wechat.WECHAT_MCH_ID}/${wechat.WECHAT_APP_ID}`,
          status: 'progress' as const,
          ending: 'expiry' as const,
          payBody: 'weixin://wxpay/bizpayurl?pr=bench',
          notNotify: true,
          createdAt,
          createAttemptedAt: createdAt,
          expiresAt: dueAt(from + n),
          nextCloseAt: dueAt(from + n),
          closeAttempts: 0,
          retryCount: 0,
        })),
      );
      await queue.addBulk(
        numbers.map((orderNo, n) => ({
          name: 'timeout',
          data: { orderNo },
          opts: { jobId: jobIdOf(orderNo), delay: dueAt(from + n).getTime() - Date.now() },
        })),
      );
    }
    await queue.close();
    await db.destroy();
  },
  startWorker: ({ databaseUrl, redisUrl, wechat, prefix }) =>
    startProcess(
      'src/main.ts',
      ['work', '--processes', '1'],
      {
        ...wechat,
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        REDIS_PREFIX: prefix,
        CLOSE_GRACE_MS: '0',
        CHANNEL_CLOSES_PER_S: '0',
        CLOSE_CONCURRENCY: '200',
        METRICS_PORT: '0',
        PUBLIC_URL: 'https://bench.example.com',
        SIGN_SECRET: 'bench-bench-bench-bench-bench-bench',
      },
      'worker is running',
    ),
  async progress(place) {
    const db = await open(place);
    const [row]: { closed: string; lastAt: Date | null }[] = await db.query(
      "SELECT COUNT(*) AS closed, MAX(closed_at) AS lastAt FROM payment_order WHERE status = 'close' AND order_no LIKE ?",
      [`${place.prefix}%`],
    );
    await db.destroy();
    return { closed: Number(row?.closed ?? 0), lastAt: row?.lastAt?.getTime() ?? 0 };
  },
};
