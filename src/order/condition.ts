import type { Ending, OrderStatus, PaymentOrder, PendingReason } from './order.ts';

const moments = ['nextCloseAt', 'watchUntil', 'paidAt', 'latePaidAt', 'lateHandledAt', 'stuckAt'] as const;
type Moment = (typeof moments)[number];

/** The columns that lifecycle conditions read. */
export type LifecycleFields = Pick<PaymentOrder, 'status' | 'ending' | 'expiresAt' | 'retryReason' | Moment>;

/** A condition on an order's row: all its parts must hold. */
export interface Condition {
  status: readonly OrderStatus[];
  ending?: readonly Ending[];
  /** These are not null. */
  has?: readonly Moment[];
  /** These are null. */
  lacks?: readonly Moment[];
  /** Why its last attempt did not succeed. */
  reason?: readonly PendingReason[];
  /** Whether the order has expired. */
  expired?: boolean;
  /** Its `nextCloseAt` has passed. */
  due?: true;
}

/** The columns that one condition reads. */
export type FieldsOf<C> =
  | 'status'
  | (C extends { ending: unknown } ? 'ending' : never)
  | (C extends { has: readonly (infer M extends Moment)[] } ? M : never)
  | (C extends { lacks: readonly (infer M extends Moment)[] } ? M : never)
  | (C extends { reason: unknown } ? 'retryReason' : never)
  | (C extends { expired: boolean } ? 'expiresAt' : never)
  | (C extends { due: true } ? 'nextCloseAt' : never);

/** Whether the condition holds for a row at `now`. */
export function holds(condition: Condition, order: LifecycleFields, now: Date): boolean {
  const { status, ending, has = [], lacks = [], reason, expired, due = false } = condition;
  return (
    status.includes(order.status) &&
    (ending === undefined || ending.includes(order.ending)) &&
    has.every((moment) => order[moment] !== null) &&
    lacks.every((moment) => order[moment] === null) &&
    (reason === undefined || reason.some((each) => each === order.retryReason)) &&
    (expired === undefined || expired === order.expiresAt.getTime() <= now.getTime()) &&
    (!due || (order.nextCloseAt !== null && order.nextCloseAt.getTime() <= now.getTime()))
  );
}

/** SQL that holds if one of the alternatives does, with `:now` if it depends on time. `prefix`: such as `o.`. */
export function toSql(alternatives: readonly Condition[], prefix = ''): string {
  const texts = alternatives.map(({ status, ending, has = [], lacks = [], reason, expired, due = false }) =>
    [
      oneOf(`${prefix}status`, status),
      ...(ending === undefined ? [] : [oneOf(`${prefix}ending`, ending)]),
      ...has.map((moment) => `${prefix}${columnOf(moment)} IS NOT NULL`),
      ...lacks.map((moment) => `${prefix}${columnOf(moment)} IS NULL`),
      ...(reason === undefined
        ? []
        : [`${prefix}retry_reason IS NOT NULL`, oneOf(`${prefix}retry_reason`, reason)]),
      ...(expired === undefined ? [] : [`${prefix}expires_at ${expired ? '<=' : '>'} :now`]),
      ...(due ? [`${prefix}next_close_at <= :now`] : []),
    ].join(' AND '),
  );
  return texts.length === 1 ? `(${texts[0]})` : `(${texts.map((text) => `(${text})`).join(' OR ')})`;
}

const oneOf = (column: string, values: readonly string[]) =>
  values.length === 1 ? `${column} = '${values[0]}'` : `${column} IN ('${values.join("', '")}')`;
const columnOf = (moment: Moment) => moment.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
