import { type Lane, openLane } from './life/lane.ts';
import { type SimulatedOrder, simulateOrder } from './life/simulate-order.ts';

export interface Simulation {
  databaseUrl: string;
  seed: number;
  /** Which orders of this seed, by their index. */
  indexes: readonly number[];
  /** Orders under way side by side. */
  lanes: number;
  onOrder(order: SimulatedOrder): void;
  /** Once aborted, no other order begins. */
  signal?: AbortSignal;
}

/** Simulates orders in this process. Throws when the bench itself fails. */
export async function simulateOrders({
  databaseUrl,
  seed,
  indexes,
  lanes,
  onOrder,
  signal,
}: Simulation): Promise<void> {
  const left = [...indexes];
  const open: Lane[] = [];
  async function live(): Promise<void> {
    const lane = await openLane(databaseUrl);
    open.push(lane);
    for (let index = left.shift(); index !== undefined && signal?.aborted !== true; index = left.shift()) {
      onOrder(await simulateOrder(lane, seed, index));
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, indexes.length) }, live));
  } finally {
    await Promise.all(open.map((lane) => lane.end()));
  }
}
