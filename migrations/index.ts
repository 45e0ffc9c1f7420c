import { Orders1750000000000 } from './1-orders.ts';

/** In the order in which they run. */
export const migrations = [Orders1750000000000];
