import type { Generation, GenerationName } from './generation.ts';
import { generation30 } from './three.ts';
import { generation205, generation206, generation208 } from './two.ts';

export const generations: Readonly<Record<GenerationName, Generation>> = {
  '2.0.5': generation205,
  '2.0.6': generation206,
  '2.0.8': generation208,
  '3.0': generation30,
};
