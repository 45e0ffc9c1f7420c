import { z } from 'zod';
import type { RecloseCursor } from '../../../order/requests/stuck.ts';

const FORM = /^(\d{1,13})-(\d{1,13})-(\d{1,13})-(\d{1,15})$/;

/** Where a bulk re-close continues, as text that the page passes from one request to the next. */
export function writeCursor({ until, dueFrom, after }: RecloseCursor): string {
  return [...[until, dueFrom, after.stuckAt].map((at) => at.getTime()), after.id].join('-');
}

/** Null: start at the beginning. */
export const recloseCursor = z
  .string()
  .transform((text, context): RecloseCursor | null => {
    const [, until, dueFrom, stuckAt, id] = FORM.exec(text) ?? [];
    if (id === undefined) {
      context.addIssue({ code: 'custom', message: 'not the end of a part' });
      return null;
    }
    const at = (ms: string | undefined) => new Date(Number(ms));
    return { until: at(until), dueFrom: at(dueFrom), after: { stuckAt: at(stuckAt), id } };
  })
  .nullable()
  .default(null);
