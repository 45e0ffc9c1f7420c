import type { DataSource } from 'typeorm';
import type { ChannelName } from '../../channel/channel.ts';
import { answersIn, lastAnswer } from '../../order/answers.ts';
import { type CloseRecord, CloseRecordEntity } from '../../order/store/entities.ts';
import { cut, type Page } from '../page.ts';
import { searchOrders } from '../search.ts';

export interface CloseRecordsFilter {
  /** An order's number, see `searchOrders`. */
  search?: string;
  channel?: ChannelName;
  trigger?: string;
  outcome?: string;
}

/** One attempt (关闭记录) as a row of a list; `answer` is the channel's last answer. */
export type CloseRecordView = Omit<
  CloseRecord,
  'orderId' | 'answers' | 'queryBefore' | 'closeAnswer' | 'queryAfter' | 'createdAt'
> & { answer: string; at: Date };

/** One page of close records, newest first; `after` is the last id of the page before. Throws if the database is unreachable. */
export async function listCloseRecords(
  db: DataSource,
  filter: CloseRecordsFilter,
  { limit, after }: { limit: number; after: string | null },
): Promise<Page<CloseRecordView>> {
  const { search, channel, trigger, outcome } = filter;
  const query = db.getRepository(CloseRecordEntity).createQueryBuilder('r');
  if (search !== undefined) {
    const orders = searchOrders(search);
    const ids: { id: string }[] = await db.query(orders.text, orders.values);
    if (ids.length === 0) return { rows: [], next: null };
    query.andWhere('r.order_id IN (:...ids)', { ids: ids.map(({ id }) => Number(id)) });
  }
  const index = indexFor(filter);
  if (index !== null) query.useIndex(index);
  if (channel !== undefined) query.andWhere('r.channel = :channel', { channel });
  if (trigger !== undefined) query.andWhere('r.trigger_kind = :trigger', { trigger });
  if (outcome !== undefined) query.andWhere('r.outcome = :outcome', { outcome });
  if (after !== null) query.andWhere('r.id < :after', { after: Number(after) });
  const found = await query
    .orderBy('r.id', 'DESC')
    .limit(limit + 1)
    .getMany();
  const page = cut(found, limit, ({ id }) => id);
  return { rows: page.rows.map(viewRecord), next: page.next };
}

/**
 * The index for the newest matching records. Forced, because MySQL would otherwise read all matches of two indexes and
 * intersect them. For a search, all records of the few orders are read.
 */
function indexFor({ search, channel, trigger, outcome }: CloseRecordsFilter): string | null {
  if (search !== undefined) return 'ix_order';
  if (trigger !== undefined && outcome !== undefined) return 'ix_trigger_outcome';
  if (outcome !== undefined) return 'ix_outcome';
  if (trigger !== undefined) return 'ix_trigger';
  return channel === undefined ? null : 'ix_channel';
}

function viewRecord(row: CloseRecord): CloseRecordView {
  const { orderId: _, answers, queryBefore, closeAnswer, queryAfter, createdAt, ...record } = row;
  const answer = lastAnswer(answersIn({ answers, queryBefore, closeAnswer, queryAfter }));
  return { ...record, answer, at: createdAt };
}
