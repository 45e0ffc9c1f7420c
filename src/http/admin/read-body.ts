import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Problem } from './signed-in.ts';

/** A request's body by its schema; throws `Problem` that names the first wrong field and never shows its value. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  { body }: FastifyRequest,
): z.output<Schema> {
  return parse(schema, body);
}

/** Likewise, its query. */
export function readQuery<Schema extends z.ZodType>(
  schema: Schema,
  { query }: FastifyRequest,
): z.output<Schema> {
  return parse(schema, query);
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Problem(400, 'bad_request', result.error.issues[0]?.path.join('.') ?? '');
}
