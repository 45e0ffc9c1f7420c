import type { PaymentOrder } from '../../src/order/order.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An order's row in one phase of its life. */
export interface SeedRecipe {
  /** The order's title. */
  name: string;
  fields: Partial<PaymentOrder>;
}

/**
 * Every phase of an order's life. Timers are due in an hour: until then a program on the same database leaves these orders
 * unchanged.
 */
export function phasesOf(now: Date): SeedRecipe[] {
  const at = (ms: number) => new Date(now.getTime() + ms);
  const soon = at(HOUR_MS);
  const expired = { expiresAt: at(-20 * MINUTE_MS), createdAt: at(-35 * MINUTE_MS) } as const;
  const paid = { paidAt: at(-25 * MINUTE_MS), channelTradeNo: 'T1', nextCloseAt: null } as const;
  const closed = { ...expired, status: 'close', closedAt: at(-19 * MINUTE_MS), closeAttempts: 1 } as const;
  const late = {
    ...closed,
    latePaidAt: at(-10 * MINUTE_MS),
    channelTradeNo: 'T2',
    nextCloseAt: null,
  } as const;
  const retried = { ...expired, nextCloseAt: soon, closeAttempts: 9, retryCount: 9 } as const;

  return [
    { name: 'waits for its payment', fields: { expiresAt: soon, nextCloseAt: soon } },
    { name: 'is being paid', fields: { ...retried, retryReason: 'user_paying' } },
    { name: 'channel does not answer', fields: { ...retried, retryReason: 'unreachable' } },
    { name: 'stuck', fields: { ...retried, retryReason: 'misconfigured', stuckAt: at(-5 * MINUTE_MS) } },
    { name: 'is being cancelled', fields: { expiresAt: soon, nextCloseAt: soon, ending: 'cancel' } },
    { name: 'paid', fields: { ...paid, status: 'success' } },
    {
      name: 'paid, being refunded by a cancel',
      fields: {
        ...paid,
        status: 'success',
        ending: 'cancel',
        nextCloseAt: soon,
        retryReason: 'refunding',
        retryCount: 1,
      },
    },
    {
      name: 'paid, refund refused',
      fields: { ...paid, status: 'success', ending: 'cancel', stuckAt: at(-5 * MINUTE_MS) },
    },
    { name: 'cancelled', fields: { ...closed, status: 'cancel', ending: 'cancel', nextCloseAt: null } },
    { name: 'closed, its last query is due tomorrow', fields: { ...closed, nextCloseAt: at(24 * HOUR_MS) } },
    { name: 'closed for good', fields: { ...closed, nextCloseAt: null } },
    { name: 'closed softly and watched', fields: { ...closed, nextCloseAt: soon, watchUntil: soon } },
    { name: 'late payment, undecided', fields: late },
    { name: 'late payment, handled', fields: { ...late, lateHandledAt: at(-MINUTE_MS) } },
    { name: 'late payment, being refunded', fields: { ...late, status: 'refunding', nextCloseAt: soon } },
    { name: 'late payment, refunded', fields: { ...late, status: 'refunded' } },
  ];
}
