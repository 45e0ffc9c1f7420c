import { setTimeout as wait } from 'node:timers/promises';
import type { OrderStatus, PaymentOrder } from '../../../../src/order/order.ts';
import { entities } from '../../../../src/order/store/tables.ts';
import { openDatabase } from '../../../../src/platform/mysql/database.ts';
import type { Control } from '../../../../src/sandbox/simulator/control/control.ts';
import { leadsTo } from '../../simulation/judge/accuse-answer.ts';
import { leavesSomething } from '../../simulation/judge/accuse-row.ts';

const LOOK_EVERY_MS = 250;

/** What the observer has seen of one order. */
export interface Seen {
  accusations: string[];
  /** The first look from which on it was closed or cancelled and not watched; null: it is not. */
  unwatchedSince: Date | null;
  /** It was closed and watched. */
  watched: boolean;
}

/**
 * Looks at all rows a few times a second while the storm blows, and reports every row in a state that is never
 * allowed. It reads the database directly and sees nothing while the database is down.
 */
export interface Observer {
  of(orderNo: string): Seen | null;
  /** How many orders it has seen. */
  count(): number;
  /** No look is under way afterwards. */
  end(): Promise<void>;
}

type Row = Pick<
  PaymentOrder,
  'orderNo' | 'status' | 'ending' | 'nextCloseAt' | 'watchUntil' | 'latePaidAt' | 'stuckAt'
>;

export async function openObserver(databaseUrl: string, control: Control): Promise<Observer> {
  const db = await openDatabase(databaseUrl, entities, [], { closeWhenSilent: false });
  const known = new Map<string, Seen & { status: OrderStatus }>();
  const over = new AbortController();

  async function look(): Promise<void> {
    const rows: Row[] = await db.query(
      `SELECT order_no AS orderNo, status, ending, next_close_at AS nextCloseAt, watch_until AS watchUntil,
              late_paid_at AS latePaidAt, stuck_at AS stuckAt
       FROM payment_order`,
    );
    const at = new Date();
    for (const row of rows) lookAt(row, at);
  }

  function lookAt(row: Row, at: Date): void {
    const { orderNo, status, watchUntil } = row;
    const before = known.get(orderNo) ?? { accusations: [], unwatchedSince: null, watched: false, status };
    const accusations = new Set(before.accusations);
    if (leavesSomething(row) && row.nextCloseAt === null)
      accusations.add(`${status} with something left to do, and never due`);
    if (!leadsTo(before.status, status)) accusations.add(`${before.status} became ${status}`);
    // Later than the row: what the channel has done by then is known here.
    const order = control.order(orderNo);
    if (status === 'success' && order?.paidAt == null) accusations.add('success, and nobody has paid');
    const isOver = status !== 'progress' && watchUntil === null;
    if (isOver && order?.payable === true) accusations.add(`${status}, while the channel takes money`);
    const isEnded = status === 'close' || status === 'cancel';
    known.set(orderNo, {
      accusations: [...accusations],
      unwatchedSince: isEnded && watchUntil === null ? (before.unwatchedSince ?? at) : null,
      watched: before.watched || (isEnded && watchUntil !== null),
      status,
    });
  }

  async function looking(): Promise<void> {
    while (!over.signal.aborted) {
      // The server may be down, or go down meanwhile.
      await look().catch(() => {});
      await wait(LOOK_EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
    }
  }
  const looked = looking();
  let ended: Promise<void> | null = null;
  return {
    of: (orderNo) => known.get(orderNo) ?? null,
    count: () => known.size,
    end() {
      over.abort();
      ended ??= looked.then(() => db.destroy());
      return ended;
    },
  };
}
