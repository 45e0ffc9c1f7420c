import type { Defects } from './defect.ts';

/** A notification is stored first (G4), every attempt leaves a record (G8), and what must not be is counted. */
export const recordDefects: Defects = {
  /** A batch hands its results to its callers in the wrong order: each is about another one's order. */
  'outcome-of-another': {
    guarantee: 'G8',
    foundBy: 'storm',
    replacements: [
      {
        file: 'src/platform/batched.ts',
        text: 'results[index] = done[at] as Out | Error;',
        replacement: 'results[index] = done[done.length - 1 - at] as Out | Error;',
      },
    ],
  },
  /** A notification is acknowledged while it is still being stored: a process that dies then has lost it. */
  'acknowledge-first': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/payment/receive-notification.ts',
        text: 'await recordPayment(deps, order, payment, { notification: { ...notification, orderNo } });',
        replacement:
          'void recordPayment(deps, order, payment, { notification: { ...notification, orderNo } });',
      },
    ],
  },
  /** A notification is kept first and applied then: if the process dies in between, its repetition is taken for done. */
  'kept-before-applied': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/payment/receive-notification.ts',
        text: `    try {
      await recordPayment(`,
        replacement: `    try {
      const isNew = await deps.store.saveNotification({ ...notification, orderNo, outcome: 'recorded' });
      if (!isNew) return channel.replies.accepted;
      await recordPayment(`,
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: `async saveNotification(notification: Omit<ChannelNotification, 'id'>): Promise<void> {
      await saveNotification(db.manager, notification);`,
        replacement: `async saveNotification(notification: Omit<ChannelNotification, 'id'>): Promise<boolean> {
      return saveNotification(db.manager, notification);`,
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: `  received: Omit<ChannelNotification, 'id'>,
): Promise<void> {`,
        replacement: `  received: Omit<ChannelNotification, 'id'>,
): Promise<boolean> {`,
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: `    await manager.insert(ChannelNotificationEntity, notification);\n`,
        replacement: `    await manager.insert(ChannelNotificationEntity, notification);\n    return true;\n`,
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: `    if (outcome === 'repeated') return;
    const { body } = notification;`,
        replacement: `    if (outcome === 'repeated') return false;
    const { body } = notification;`,
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: `      { channel, eventId, outcome: undecided },
      { outcome, body },
    );`,
        replacement: `      { channel, eventId, outcome: undecided },
      { outcome, body },
    );
    return false;`,
      },
      {
        file: 'src/observe/measure-store.ts',
        text: `      await store.saveNotification(notification);
      metrics.notifications.inc({ channel: notification.channel, outcome: notification.outcome });`,
        replacement: `      metrics.notifications.inc({ channel: notification.channel, outcome: notification.outcome });
      return store.saveNotification(notification);`,
      },
    ],
  },
  /** UnionPay's notification counts as a payment whatever became of it. */
  'doubt-believed': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/channel/built-in/unionpay/notification.ts',
        text: 'if (isOurs && isDone && payment !== null)',
        replacement: `if (isOurs && (isDone || respCode === '00') && payment !== null)`,
      },
    ],
  },
  /** A closed order is looked at no more: what was paid unnoticed stays so. */
  'no-last-look': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/close/settle-close.ts',
        text: 'nextCloseAt: nextLookAt(deps, leased, watchUntil),\n    retryReason: null,',
        replacement:
          'nextCloseAt: watchUntil === null ? null : nextLookAt(deps, leased, watchUntil),\n    retryReason: null,',
      },
    ],
  },
  /** An attempt that others have overtaken leaves no record. */
  'overtaken-unrecorded': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/store/attempt-batches.ts',
        text: '    records.push({ ...record,',
        replacement: '    if (done) records.push({ ...record,',
      },
    ],
  },
  /** Attempts are not counted: all records of an order have the same number. */
  'attempts-uncounted': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/store/attempt-batches.ts',
        text: 'closeAttempts: before.closeAttempts + 1 }',
        replacement: 'closeAttempts: Math.max(before.closeAttempts, 1) }',
      },
    ],
  },
  /** The record of a close has the first answer where the last one belongs. */
  'answers-mixed-up': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/attempt/ask-channel.ts',
        text: "{ call: 'query', result: queryAfter },",
        replacement: "{ call: 'query', result: queryBefore ?? queryAfter },",
      },
    ],
  },
  /** A cancel that is asked for while a close is under way ends the order; the record says that it was closed. */
  'record-says-close': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/store/attempt-batches.ts',
        text: 'statusAfter: row.status });',
        replacement: 'statusAfter: done ? record.statusAfter : row.status });',
      },
    ],
  },
  /** A payment that a query finds is recorded only where it changes something. */
  'known-payment-unrecorded': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/store/payment-store.ts',
        text: `if ('record' in source) {`,
        replacement: `if ('record' in source && outcome !== 'repeated') {`,
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: `const isKnown = outcome === 'repeated' || outcome === 'paid_twice';`,
        replacement: `const isKnown = outcome === 'paid_twice';`,
      },
    ],
  },
  /** Who asked is kept of people alone, not of merchants. */
  'merchant-not-named': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/attempt/attempt.ts',
        text: 'actor: trigger.actor?.slice(0, ACTOR_LENGTH) ?? null,',
        replacement: `actor: trigger.kind === 'api' ? null : (trigger.actor?.slice(0, ACTOR_LENGTH) ?? null),`,
      },
    ],
  },
};
