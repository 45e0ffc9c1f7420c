import { simulateOrders } from './simulate-orders.ts';

/** Orders under way side by side in one process: enough that it never waits for the database. */
const LANES = 4;

/** What the parent process asks for. */
export interface ShardTask {
  databaseUrl: string;
  seed: number;
  indexes: number[];
}

/** One of several processes that share the work. It simulates what its parent sends, reports each order, and ends. */
process.once('message', (task: ShardTask) => {
  // What went well needs no trace.
  const report = (message: unknown) => process.send?.(message);
  simulateOrders({
    ...task,
    lanes: LANES,
    onOrder: (order) => report({ ...order, trace: order.violations.length === 0 ? [] : order.trace }),
  }).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(2);
    },
  );
});
