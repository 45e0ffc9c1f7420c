import { z } from 'zod';
import { type ChannelName, channelNames, isOwnChannel } from '../../channel/channel.ts';
import { readCursor } from '../../view/page.ts';
import { Problem } from './auth/signed-in.ts';

/** Validates a request; throws a `Problem` that names the first invalid field. */
export function readRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  throw new Problem(400, 'bad_request', unknown ?? issue?.path.map(String).join('.') ?? '');
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** The number of rows of a list. */
export const limit = z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT);

/** The end of the previous page, in a list sorted by time and id; null: the first page. */
export const cursor = z
  .string()
  .transform((text, context) => {
    const found = readCursor(text);
    if (found === null) context.addIssue({ code: 'custom', message: 'not the end of a page' });
    return found;
  })
  .nullable()
  .default(null);

/** The end of the previous page, in a list sorted by id; null: the first page. */
export const afterId = z
  .string()
  .regex(/^\d{1,15}$/)
  .nullable()
  .default(null);

/** A number to search for; trims what was copied with it. Empty: no search. */
export const search = z
  .string()
  .trim()
  .max(128)
  .transform((text) => (text === '' ? undefined : text))
  .optional();

/** A built-in or a custom channel. */
export const channel = z.custom<ChannelName>(
  (name) =>
    typeof name === 'string' && (channelNames.some((builtIn) => builtIn === name) || isOwnChannel(name)),
);

/** The form of an order number, including a custom one; with any other character the database would not use its index. */
export const orderNoForm = /^[\w\-*|@]{1,32}$/;
