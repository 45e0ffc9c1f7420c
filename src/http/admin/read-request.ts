import { z } from 'zod';
import { type ChannelName, channelNames, isOwnChannel } from '../../channel/channel.ts';
import { readCursor } from '../../view/page.ts';
import { Problem } from './auth/signed-in.ts';

/** What a request says, by its schema; throws `Problem` that names the first field that is wrong. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, said: unknown): z.output<Schema> {
  const read = schema.safeParse(said);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  throw new Problem(400, 'bad_request', unknown ?? issue?.path.map(String).join('.') ?? '');
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** How many rows of a list. */
export const limit = z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT);

/** Where the page before ended, in an order by time and id; null: the first page. */
export const cursor = z
  .string()
  .transform((text, context) => {
    const found = readCursor(text);
    if (found === null) context.addIssue({ code: 'custom', message: 'not the end of a page' });
    return found;
  })
  .nullable()
  .default(null);

/** Where the page before ended, in an order by id; null: the first page. */
export const afterId = z
  .string()
  .regex(/^\d{1,15}$/)
  .nullable()
  .default(null);

/** A number that somebody searches for; without what a copy drags along. Nothing: not searched. */
export const search = z
  .string()
  .trim()
  .max(128)
  .transform((text) => (text === '' ? undefined : text))
  .optional();

/** A built-in one, or one that a shop has added. */
export const channel = z.custom<ChannelName>(
  (name) =>
    typeof name === 'string' && (channelNames.some((builtIn) => builtIn === name) || isOwnChannel(name)),
);

/** What an order number may look like, also a shop's own: with anything else in it the database would not use its index. */
export const orderNoForm = /^[\w\-*|@]{1,32}$/;
