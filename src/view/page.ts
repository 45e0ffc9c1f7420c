/** One page of a list, newest first. `next` is the cursor of the next page; null: this is the last. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

/** The last row of the page before, in an order by time and id. */
export interface Cursor {
  at: Date;
  id: string;
}

export function writeCursor({ at, id }: Cursor): string {
  return `${at.getTime()}-${id}`;
}

/** Null: not a valid cursor. */
export function readCursor(text: string): Cursor | null {
  const found = /^(\d{1,13})-(\d{1,15})$/.exec(text);
  const [, at, id] = found ?? [];
  return at === undefined || id === undefined ? null : { at: new Date(Number(at)), id };
}

/** Makes a page from rows that were read with a limit of one more than `limit`. */
export function cut<Row>(found: Row[], limit: number, cursorOf: (row: Row) => string): Page<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? cursorOf(last) : null };
}
