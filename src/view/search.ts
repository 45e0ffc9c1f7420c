import { join, type Sql, sql } from './sql.ts';

/** Of the numbers that share a beginning, the highest so many are looked at: of numbers that grow, the newest. */
const SAME_BEGINNING = 1_000;

/**
 * The ids of the orders that a number means, as a statement: the whole of any number (ours, the merchant's, the channel's,
 * the id), or the beginning of ours, upper or lower case, or of the merchant's. Each way in is an index, and of none more
 * is read than is found.
 */
export function searchOrders(number: string): Sql {
  const ways = [
    sql('(SELECT id FROM payment_order WHERE channel_trade_no = ?)', number),
    beginning('biz_order_no', 'uq_biz_order_no', number),
  ];
  // In ASCII alone: any other letter would make the database convert the column.
  if (/^[\w-]+$/.test(number)) ways.push(beginning('order_no', 'uq_order_no', number.toUpperCase()));
  if (/^\d{1,15}$/.test(number))
    ways.push(sql('(SELECT id FROM payment_order WHERE id = ?)', Number(number)));
  return join(ways, ' UNION ');
}

function beginning(column: string, index: string, start: string): Sql {
  const pattern = `${start.replace(/[\\%_]/g, '\\$&')}%`;
  return sql(
    `(SELECT id FROM payment_order FORCE INDEX (${index}) WHERE ${column} LIKE ? ORDER BY ${column} DESC LIMIT ${SAME_BEGINNING})`,
    pattern,
  );
}
