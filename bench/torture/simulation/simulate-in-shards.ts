import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SimulatedOrder } from './life/simulate-order.ts';
import { type ShardTask, STOP } from './shard-task.ts';

const shardFile = fileURLToPath(new URL('./shard.ts', import.meta.url));

interface ShardedTask extends ShardTask {
  shards: number;
  onOrder(order: SimulatedOrder): void;
  /** Once aborted, no other order begins; those under way are lived to their end. */
  signal: AbortSignal;
}

/** Simulates orders in `shards` processes. Throws when one of them fails. */
export async function simulateInShards(task: ShardedTask): Promise<void> {
  const { databaseUrl, seed, indexes, shards, onOrder, signal } = task;
  await Promise.all(
    Array.from({ length: shards }, async (_, shard) => {
      const own = indexes.filter((_index, place) => place % shards === shard);
      if (own.length === 0) return;
      const child = fork(shardFile, { execArgv: ['--import', 'tsx'] });
      child.on('message', (order) => onOrder(order as SimulatedOrder));
      signal.addEventListener('abort', () => {
        if (child.connected) child.send(STOP);
      });
      child.send({ databaseUrl, seed, indexes: own } satisfies ShardTask);
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`a simulating process ended with ${String(code)}`);
    }),
  );
}
