import type { DataSource } from 'typeorm';
import type { ChannelName } from '../../channel/channel.ts';
import { toSql } from '../../order/condition.ts';
import { conditions, phases } from '../../order/lifecycle.ts';
import { type OrderStatus, orderStatuses } from '../../order/order.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { type Cursor, cut, type Page, writeCursor } from '../page.ts';
import { searchOrders } from '../search.ts';
import { readChannels } from '../seen-channels.ts';
import { all, join, type Sql, sql } from '../sql.ts';
import { loadOrders } from './load-orders.ts';
import type { OrderView } from './order-row.ts';
import type { OrderState } from './order-state.ts';

/** Selects orders; an omitted field matches all. */
export interface OrdersFilter {
  /** A number, see `searchOrders`. */
  search?: string;
  /** The status that merchants see. */
  status?: OrderStatus;
  channel?: ChannelName;
  state?: OrderState;
  /** Created at this time or later. */
  createdFrom?: Date;
  /** Created before this time. */
  createdTo?: Date;
}

/** After an outage very many orders are expired: reads at most so many, longest expired first. */
const EXPIRED_AT_MOST = 10_000;

/**
 * One page of orders, newest first. Any filter reads only a few pages: the newest rows of each relevant index, and of
 * these the newest. Rows that arrive meanwhile belong to an earlier page. An open order counts as expired if it expired at
 * `expiredSince` or earlier, which is now minus the grace period. Throws if the database is unreachable.
 */
export async function listOrders(
  db: DataSource,
  filter: OrdersFilter,
  { limit, after }: { limit: number; after: Cursor | null },
  expiredSince: Date,
): Promise<Page<OrderView>> {
  const common = [...filterConditions(filter, expiredSince), ...(after === null ? [] : [olderThan(after)])];
  const newest = `ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
  const found = await sources(db, filter, expiredSince);
  const parts = found.map(({ from, where }) => {
    const condition = all([...where, ...common]);
    const text = `(SELECT o.id AS id, o.created_at AS created_at FROM ${from.text} WHERE ${condition.text} ${newest})`;
    return sql(text, ...from.values, ...condition.values);
  });
  if (parts.length === 0) return { rows: [], next: null };
  const query = join(parts, ' UNION ALL ');
  const newestIds: { id: string; created_at: Date }[] = await db.query(
    `${query.text} ${newest}`,
    query.values,
  );
  const page = cut(newestIds, limit, ({ id, created_at }) => writeCursor({ at: created_at, id }));
  return {
    rows: await loadOrders(
      db,
      page.rows.map(({ id }) => id),
    ),
    next: page.next,
  };
}

/** An index, and a condition on its entries. */
interface Source {
  from: Sql;
  where: Sql[];
}

const through = (index: string, ...where: Sql[]): Source => ({
  from: sql(`payment_order o FORCE INDEX (${index})`),
  where,
});

/** Only the orders whose ids a statement finds. */
const among = (found: Sql): Source => ({
  from: sql(`(${found.text}) found STRAIGHT_JOIN payment_order o ON o.id = found.id`, ...found.values),
  where: [],
});

/** The money is being returned. */
const refundInProgress = toSql(phases.giving_back, 'o.');

/** A search and most states match few orders, so they choose the index; otherwise channel and status do. */
async function sources(db: DataSource, filter: OrdersFilter, expiredSince: Date): Promise<Source[]> {
  const { search, state } = filter;
  if (search !== undefined) {
    return [among(searchOrders(search))];
  }
  switch (state) {
    case 'stuck':
      return [through('ix_stuck_at')];
    case 'watched':
      return [through('ix_watch_until')];
    case 'late':
      return [through('ix_late_paid_at')];
    case 'expired':
      return [among(longestExpired(filter.channel, expiredSince))];
    case 'open':
    case undefined:
      return byChannelAndStatus(
        filter.channel === undefined ? await readChannels(db) : [filter.channel],
        filter,
      );
    default:
      return assertNever(state);
  }
}

/** Reads the index only. */
function longestExpired(channel: ChannelName | undefined, since: Date): Sql {
  const conditions = [
    sql("status = 'progress' AND expires_at <= ?", since),
    ...(channel === undefined ? [] : [sql('channel = ?', channel)]),
  ];
  const { text, values } = all(conditions);
  return sql(
    `SELECT id FROM payment_order FORCE INDEX (ix_status_expires_at) WHERE ${text} ORDER BY expires_at LIMIT ${EXPIRED_AT_MOST}`,
    ...values,
  );
}

/** Each channel and status is one range of `ix_channel_status`, newest first. */
function byChannelAndStatus(channels: ChannelName[], { status, state }: OrdersFilter): Source[] {
  const statuses = (status === undefined ? [...orderStatuses] : [status]).filter(
    (one) => state !== 'open' || one === 'progress',
  );
  const stretches = channels.flatMap((name) =>
    statuses.map((one) => through('ix_channel_status', sql('o.channel = ? AND o.status = ?', name, one))),
  );
  // Shown as refunding although their row says success: few, with a separate index.
  return statuses.includes('refunding') && status !== undefined
    ? [...stretches, through('ix_status_ending', sql(refundInProgress))]
    : stretches;
}

function filterConditions(
  { status, channel, state, createdFrom, createdTo }: OrdersFilter,
  expiredSince: Date,
): Sql[] {
  return [
    ...(status === undefined ? [] : [isShownAs(status)]),
    ...(channel === undefined ? [] : [sql('o.channel = ?', channel)]),
    ...(state === undefined ? [] : [isInState(state, expiredSince)]),
    ...(createdFrom === undefined ? [] : [sql('o.created_at >= ?', createdFrom)]),
    ...(createdTo === undefined ? [] : [sql('o.created_at < ?', createdTo)]),
  ];
}

/** `shownStatus` as a condition. */
function isShownAs(status: OrderStatus): Sql {
  if (status === 'refunding') return sql(`(o.status = 'refunding' OR ${refundInProgress})`);
  if (status === 'success') return sql(`o.status = 'success' AND NOT ${refundInProgress}`);
  return sql('o.status = ?', status);
}

function isInState(state: NonNullable<OrdersFilter['state']>, expiredSince: Date): Sql {
  switch (state) {
    case 'open':
      return sql("o.status = 'progress'");
    case 'expired':
      return sql("o.status = 'progress' AND o.expires_at <= ?", expiredSince);
    case 'stuck':
      return sql('o.stuck_at IS NOT NULL');
    case 'watched':
      return sql(toSql(conditions.shownWatched, 'o.'));
    case 'late':
      return sql('o.late_paid_at IS NOT NULL');
    default:
      return assertNever(state);
  }
}

/** Two comparisons, because MySQL does not use the index for a row comparison. */
function olderThan({ at, id }: Cursor): Sql {
  return sql('o.created_at <= ? AND (o.created_at < ? OR o.id < ?)', at, at, Number(id));
}
