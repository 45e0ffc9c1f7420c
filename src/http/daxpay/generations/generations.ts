import type { Generation, Request } from './generation.ts';
import { generation205 } from './generation-2-0-5.ts';
import { generation206 } from './generation-2-0-6.ts';
import { generation208 } from './generation-2-0-8.ts';
import { generation30 } from './generation-3-0.ts';

/** The most particular first. What none recognises is read as 2.0.6, whose documentation is the public one. */
const generations: readonly Generation[] = [generation30, generation205, generation208];

export function generationOf(request: Request): Generation {
  return generations.find((generation) => generation.recognises(request)) ?? generation206;
}

/** By its name; one that is not known is read as 2.0.6 too. */
export function generationNamed(name: string | null): Generation {
  return generations.find((generation) => generation.name === name) ?? generation206;
}
