/** Part of a list, newest first. `next` is where the next part begins; null: this was the last. */
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

/** Null: no page has ended there. */
export function readCursor(text: string): Cursor | null {
  const found = /^(\d{1,13})-(\d{1,15})$/.exec(text);
  const [, at, id] = found ?? [];
  return at === undefined || id === undefined ? null : { at: new Date(Number(at)), id };
}

/** Cuts what was read with one row more than `limit`. */
export function cut<Row>(found: Row[], limit: number, cursorOf: (row: Row) => string): Page<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? cursorOf(last) : null };
}
