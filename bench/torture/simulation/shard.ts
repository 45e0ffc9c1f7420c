import { type ShardTask, STOP } from './shard-task.ts';
import { simulateOrders } from './simulate-orders.ts';

/** Orders under way side by side in one process: enough that it never waits for the database. */
const LANES = 4;

/** One of several processes that share the work. It simulates what its parent sends, reports each order, and ends. */
process.once('message', (task: ShardTask) => {
  // What went well needs no trace.
  const stop = new AbortController();
  process.on('message', (message) => {
    if (message === STOP) stop.abort();
  });
  const report = (message: unknown) => process.send?.(message);
  simulateOrders({
    ...task,
    lanes: LANES,
    signal: stop.signal,
    onOrder: (order) => report({ ...order, trace: order.violations.length === 0 ? [] : order.trace }),
  }).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(2);
    },
  );
});
