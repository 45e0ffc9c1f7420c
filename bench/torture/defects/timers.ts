import type { Defects } from './defect.ts';

/** No timer is lost (G3), and one operation at a time is at an order (G7). */
export const timerDefects: Defects = {
  /** The deadline is written after the row: a process that dies in between leaves an order without one. */
  'deadline-after-row': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/create/create-order.ts',
        text: 'nextCloseAt: new Date(expiresAt.getTime() + deps.closeGraceMs),\n  });',
        replacement: 'nextCloseAt: null,\n  });',
      },
      {
        file: 'src/order/create/create-order.ts',
        text: `  if (inserted === 'duplicate' || order.status !== 'progress') return again(order);\n`,
        replacement: `  if (inserted === 'duplicate' || order.status !== 'progress') return again(order);
  order.nextCloseAt = new Date(expiresAt.getTime() + deps.closeGraceMs);
  await deps.store.postpone(order.id, order.nextCloseAt);\n`,
      },
    ],
  },
  /** What somebody asks for while another operation has the order is answered as begun, and not remembered. */
  'busy-forgets-request': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/requests/close-cancel-sync.ts',
        text: `return outcome.kind === 'busy' || (outcome.kind === 'pending' && outcome.reason === 'channel_down');`,
        replacement: `return outcome.kind === 'pending' && outcome.reason === 'channel_down';`,
      },
    ],
  },
  /** The same while the channel is out of order. */
  'outage-forgets-request': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/requests/close-cancel-sync.ts',
        text: `return outcome.kind === 'busy' || (outcome.kind === 'pending' && outcome.reason === 'channel_down');`,
        replacement: `return outcome.kind === 'busy';`,
      },
    ],
  },
  /** An attempt that decided nothing writes its own purpose over one that somebody asked for meanwhile. */
  'retry-forgets-cancel': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/store/attempt-store.ts',
        text: "ending: row.ending === 'expiry' ? next.ending : row.ending,",
        replacement: 'ending: next.ending,',
      },
    ],
  },
  /** A cancel of a paid order is not due before its first attempt has ended: a crash leaves it voided. */
  'cancel-not-due': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/attempt/lease.ts',
        text: `return { ending: 'cancel', nextCloseAt: until };`,
        replacement: `return { ending: 'cancel' };`,
      },
    ],
  },
  /** A payment that arrives while an order is being cancelled takes the timer away. */
  'payment-takes-timer': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/store/payment-store.ts',
        text: '{ ...paid, ...idle, nextCloseAt: now }',
        replacement: '{ ...paid, ...idle }',
      },
    ],
  },
  /** A forward jump of the database's clock is believed at once: orders end before their time. */
  'jump-believed': {
    guarantee: 'an order is closed when its time is over or somebody asks',
    replacements: [
      {
        file: 'src/platform/clock/time-line.ts',
        text: `if (gap < 0) return { kind: 'jumped', byMs: believe(taken) };`,
        replacement: `if (gap !== 0) return { kind: 'jumped', byMs: believe(taken) };`,
      },
    ],
  },
  /** The sweep takes paid orders for finished ones. */
  'sweep-skips-paid': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/store/store.ts',
        text: `.where('o.next_close_at <= :now', { now });`,
        replacement: `.where("o.next_close_at <= :now AND o.status <> 'success'", { now });`,
      },
    ],
  },
  /** The sweep leaves to people what is stuck. */
  'sweep-skips-stuck': {
    guarantee: 'G3',
    replacements: [
      {
        file: 'src/order/store/store.ts',
        text: `.where('o.next_close_at <= :now', { now });`,
        replacement: `.where('o.next_close_at <= :now AND o.stuck_at IS NULL', { now });`,
      },
    ],
  },
  /** After a dozen attempts in a row an order is given up. */
  'gives-up': {
    guarantee: 'G5',
    replacements: [
      {
        file: 'src/order/store/attempt-store.ts',
        text: 'nextCloseAt: unlessMoved(leased, row, next.at),',
        replacement: 'nextCloseAt: unlessMoved(leased, row, next.count > 12 ? null : next.at),',
      },
    ],
  },
  /** The end of an attempt does not ask whether its lease is still its own. */
  'unfenced-end': {
    guarantee: 'G7',
    replacements: [
      {
        file: 'src/order/store/attempt-batches.ts',
        text: 'const holds = before.status === leased.status && before.leaseToken === leased.leaseToken;',
        replacement: 'const holds = before.status === leased.status;',
      },
    ],
  },
  /** Giving a lease back does not ask whose it is. */
  'returns-any-lease': {
    guarantee: 'G7',
    replacements: [
      {
        file: 'src/order/store/attempt-store.ts',
        text: `'id = :id AND lease_token = :leaseToken', { id, leaseToken });\n    },`,
        replacement: `'id = :id AND :leaseToken IS NOT NULL', { id, leaseToken });\n    },`,
      },
    ],
  },
  /** A cancel takes the order from the process that works on it. */
  'cancel-takes-lease': {
    guarantee: 'G7',
    replacements: [
      {
        file: 'src/order/store/attempt-store.ts',
        text: `const guard = \`id = :id AND status = :status AND \${leaseFree}\`;`,
        replacement: `const free = lease.set.ending === 'cancel' ? 'TRUE' : leaseFree;
      const guard = \`id = :id AND status = :status AND \${free}\`;`,
      },
    ],
  },
  /** A job that waits for a later time counts as one that is about to run: an overdue order stays with it. */
  'delayed-is-live': {
    guarantee: 'G3',
    foundBy: 'storm',
    replacements: [
      {
        file: 'src/timer/close-queues.ts',
        text: `if (state === 'waiting' || state === 'active' || state === 'prioritized') return 'live';`,
        replacement: `if (state !== 'unknown') return 'live';`,
      },
    ],
  },
};
