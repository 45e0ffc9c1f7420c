import type { DataSource } from 'typeorm';
import { type Violation, ViolationEntity } from '../../order/store/entities.ts';
import { cut, type Page } from '../page.ts';

/** A broken guarantee, see `ViolationKind`. */
export type ViolationView = Pick<Violation, 'orderNo' | 'channel' | 'kind' | 'foundAt'>;

/** One page of violations, newest first; `after` is the last id of the page before. Throws if the database is unreachable. */
export async function listViolations(
  db: DataSource,
  { limit, after }: { limit: number; after: string | null },
): Promise<Page<ViolationView>> {
  const query = db.getRepository(ViolationEntity).createQueryBuilder('v');
  if (after !== null) query.where('v.id < :after', { after: Number(after) });
  const found = await query
    .orderBy('v.id', 'DESC')
    .limit(limit + 1)
    .getMany();
  const { rows, next } = cut(found, limit, ({ id }) => id);
  return {
    rows: rows.map(({ orderNo, channel, kind, foundAt }) => ({ orderNo, channel, kind, foundAt })),
    next,
  };
}
