import { join, type Sql, sql } from './sql.ts';

/** Of the numbers with the same prefix, only the highest are read: for growing numbers, the newest. */
const SAME_BEGINNING = 1_000;

/**
 * A statement that finds the ids of the orders with a number: any complete number (ours, the merchant's, the channel's, or
 * the id), or the prefix of ours (in any case) or of the merchant's. Each part uses an index and reads only what it finds.
 */
export function searchOrders(number: string): Sql {
  const ways = [
    sql('(SELECT id FROM payment_order WHERE channel_trade_no = ?)', number),
    beginning('biz_order_no', 'uq_biz_order_no', number),
  ];
  // ASCII only: any other letter would make MySQL convert the column.
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
