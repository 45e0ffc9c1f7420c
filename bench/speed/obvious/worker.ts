import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { Wechatpay } from 'wechatpay-axios-plugin';
import { ObviousOrderEntity, ObviousRecordEntity, QUEUE } from './entities.ts';

/**
 * The obvious implementation, as its libraries' own pages show each part: a BullMQ job, `findOneBy`, the SDK with a key as PEM
 * text, close, query, and one transaction with a guarded UPDATE and a close record. It keeps none of the guarantees that
 * docs/reliability.md lists. Prints `ready` when it takes jobs.
 */
const { env } = process;
const db = await new DataSource({
  type: 'mysql',
  url: env.DATABASE_URL,
  timezone: 'Z',
  entities: [ObviousOrderEntity, ObviousRecordEntity],
  extra: { connectionLimit: 50 },
}).initialize();
const wechat = new Wechatpay({
  mchid: env.WECHAT_MCH_ID ?? '',
  serial: env.WECHAT_SERIAL_NO ?? '',
  privateKey: env.WECHAT_PRIVATE_KEY ?? '',
  certs: { [env.WECHAT_PUBLIC_KEY_ID ?? '']: env.WECHAT_PUBLIC_KEY ?? '' },
  baseURL: env.WECHAT_BASE_URL ?? '',
});

async function close(orderNo: string): Promise<void> {
  const order = await db.getRepository(ObviousOrderEntity).findOneBy({ orderNo });
  if (order === null || order.status !== 'progress') return;
  const mchid = env.WECHAT_MCH_ID ?? '';
  const path = '/v3/pay/transactions/out-trade-no/{out_trade_no}';
  await wechat.chain(`${path}/close`).post({ mchid }, { out_trade_no: orderNo });
  const { data } = await wechat.chain(path).get({ params: { mchid }, out_trade_no: orderNo });
  if (data.trade_state !== 'CLOSED') throw new Error(`not closed: ${data.trade_state}`);
  await db.transaction(async (manager) => {
    const closedAt = new Date();
    const result = await manager
      .createQueryBuilder()
      .update(ObviousOrderEntity)
      .set({ status: 'close', closedAt })
      .where('id = :id AND status = :status', { id: order.id, status: 'progress' })
      .execute();
    if (result.affected !== 1) return;
    await manager.insert(ObviousRecordEntity, {
      orderId: order.id,
      orderNo,
      closeType: 'close',
      result: data.trade_state,
      createdAt: closedAt,
    });
  });
}

const worker = new Worker<{ orderNo: string }>(QUEUE, (job) => close(job.data.orderNo), {
  connection: new Redis(env.REDIS_URL ?? '', { maxRetriesPerRequest: null }),
  prefix: env.REDIS_PREFIX ?? 'obvious',
  concurrency: 200,
  removeOnComplete: { count: 0 },
});
worker.on('failed', (_, error) => process.stderr.write(`${error.message}\n`));
await worker.waitUntilReady();
process.stdout.write('ready\n');
process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
