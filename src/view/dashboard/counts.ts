import type { DataSource } from 'typeorm';
import { join, type Sql, sql } from '../sql.ts';

/** The number of rows of each `FROM … WHERE …`, in order. Reads at most `atMost` rows of each. */
export async function countEach(db: DataSource, found: Sql[], atMost: number): Promise<number[]> {
  if (found.length === 0) return [];
  const parts = found.map(({ text, values }, place) =>
    sql(
      `SELECT ${place} AS place, COUNT(*) AS count FROM (SELECT 1 AS one ${text} LIMIT ${atMost}) AS found`,
      ...values,
    ),
  );
  const all = join(parts, ' UNION ALL ');
  const rows: { place: number | string; count: string }[] = await db.query(all.text, all.values);
  const counts = new Map(rows.map(({ place, count }) => [Number(place), Number(count)]));
  return found.map((_, place) => counts.get(place) ?? 0);
}
