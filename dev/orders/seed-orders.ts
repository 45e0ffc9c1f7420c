import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type BuiltInChannel, channelNames } from '../../src/channel/channel.ts';
import { newOrderNo } from '../../src/order/create/order-no.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { CloseRecordEntity, PaymentOrderEntity } from '../../src/order/store/entities.ts';
import { createOrderStore } from '../../src/order/store/store.ts';
import { phasesOf, type SeedRecipe } from './phases.ts';

/** Adds an order per phase and channel; returns how many. `accounts` are the channels' accounts, stored in orders. */
export async function seedOrders(
  db: DataSource,
  accounts: Readonly<Record<string, string>>,
  now: Date,
): Promise<number> {
  const run = randomBytes(4).toString('hex');
  const all = phasesOf(now).flatMap((phase) => channelNames.map((channel) => ({ phase, channel })));
  for (const [index, { phase, channel }] of all.entries()) {
    const order = newOrder(phase, channel, now, { bizOrderNo: `seed-${run}-${index + 1}`, index });
    await add(db, { ...order, channelAccount: accounts[channel] ?? '' }, phase);
  }
  return all.length;
}

type Seed = Parameters<ReturnType<typeof createOrderStore>['insert']>[0];

function newOrder(
  { name, fields }: SeedRecipe,
  channel: BuiltInChannel,
  now: Date,
  { bizOrderNo, index }: { bizOrderNo: string; index: number },
): Omit<Seed, 'channelAccount'> {
  const createdAt = fields.createdAt ?? now;
  return {
    orderNo: newOrderNo(now),
    bizOrderNo,
    channel,
    method: 'qrcode',
    title: name,
    description: null,
    amountFen: 100 * (index + 1),
    status: fields.status ?? 'progress',
    attach: null,
    notifyUrl: null,
    returnUrl: null,
    notNotify: true,
    clientIp: '127.0.0.1',
    apiGeneration: '3.0',
    traceId: randomBytes(16).toString('hex'),
    payBody: `seed://${bizOrderNo}`,
    createdAt,
    createAttemptedAt: createdAt,
    expiresAt: fields.expiresAt ?? now,
    nextCloseAt: fields.nextCloseAt ?? null,
  };
}

/** Adds the row, and the record of the attempt that ended the order. */
async function add(db: DataSource, seed: Seed, { fields }: SeedRecipe): Promise<void> {
  const store = createOrderStore(db);
  await store.insert(seed);
  await db.getRepository(PaymentOrderEntity).update({ orderNo: seed.orderNo }, fields);
  const order = await store.find(seed.orderNo);
  if (order?.closedAt) await db.getRepository(CloseRecordEntity).insert(recordOf(order, order.closedAt));
}

function recordOf(order: PaymentOrder, createdAt: Date) {
  const { id, orderNo, bizOrderNo, channel, status } = order;
  return {
    orderId: id,
    orderNo,
    bizOrderNo,
    channel,
    closeType: status === 'cancel' ? ('cancel' as const) : ('close' as const),
    trigger: 'timeout' as const,
    attempt: 1,
    outcome: 'closed' as const,
    answers: [
      { call: 'close' as const, answer: 'seed' },
      { call: 'query' as const, answer: 'seed' },
    ],
    statusBefore: 'progress',
    statusAfter: status === 'cancel' ? 'cancel' : 'close',
    actor: null,
    clientIp: null,
    note: null,
    createdAt,
  };
}
