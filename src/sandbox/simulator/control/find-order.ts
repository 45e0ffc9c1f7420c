import type { SimulatedOrder } from '../gateway/gateway.ts';
import { simulators, type WholeWorld } from '../simulators.ts';

/** The order at the first gateway that has it, or null. */
export function findOrder(world: WholeWorld, orderNo: string): SimulatedOrder | null {
  for (const gateway of Object.values(simulators)) {
    const order = gateway.find(world, orderNo);
    if (order !== null) return order;
  }
  return null;
}
