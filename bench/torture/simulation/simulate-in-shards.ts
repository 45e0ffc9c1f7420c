import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ShardTask } from './shard.ts';
import type { SimulatedOrder } from './simulate-order.ts';

const shardFile = fileURLToPath(new URL('./shard.ts', import.meta.url));

/** Simulates orders in `shards` processes. Throws when one of them fails. */
export async function simulateInShards(
  task: ShardTask & { shards: number; onOrder(order: SimulatedOrder): void },
): Promise<void> {
  const { databaseUrl, seed, indexes, shards, onOrder } = task;
  await Promise.all(
    Array.from({ length: shards }, async (_, shard) => {
      const own = indexes.filter((_index, place) => place % shards === shard);
      if (own.length === 0) return;
      const child = fork(shardFile, { execArgv: ['--import', 'tsx'] });
      child.on('message', (order) => onOrder(order as SimulatedOrder));
      child.send({ databaseUrl, seed, indexes: own } satisfies ShardTask);
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`a simulating process ended with ${String(code)}`);
    }),
  );
}
