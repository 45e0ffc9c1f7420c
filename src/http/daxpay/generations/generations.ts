import type { Generation, Request } from './generation.ts';
import { generation205 } from './generation-2-0-5.ts';
import { generation206 } from './generation-2-0-6.ts';
import { generation208 } from './generation-2-0-8.ts';
import { generation30 } from './generation-3-0.ts';

/** The most specific first. The default is 2.0.6, which has the public documentation. */
const generations: readonly Generation[] = [generation30, generation205, generation208];

export function generationOf(request: Request): Generation {
  return generations.find((generation) => generation.recognizes(request)) ?? generation206;
}

/** Finds a generation by name; the default is 2.0.6. */
export function generationNamed(name: string | null): Generation {
  return generations.find((generation) => generation.name === name) ?? generation206;
}
