import type { Defects } from './defect.ts';

/** The merchant is notified of each change, at least once, and of exactly that (G6). */
export const noticeDefects: Defects = {
  /** A refund that the channel refuses makes a paid order of one that was said to be refunding: without a notice. */
  'refusal-without-notice': {
    guarantee: 'G6',
    replacements: [
      {
        file: 'src/order/store/attempt-batches.ts',
        text: 'if (done && shownStatus(row) !== shownStatus(leased))',
        replacement: 'if (done && values.status !== undefined && shownStatus(row) !== shownStatus(leased))',
      },
    ],
  },
  /** The last notice is not looked up: a state that is shown again is notified twice. */
  'notice-twice': {
    guarantee: 'G6',
    replacements: [
      {
        file: 'src/order/outbox/enqueue-notice.ts',
        text: 'if (shown === (last.get(order.orderNo) ?? shownBefore)) return [];',
        replacement: 'if (!last.has(order.orderNo) && shown === shownBefore) return [];',
      },
    ],
  },
  /** A decision about late money is made without a notice. */
  'decision-without-notice': {
    guarantee: 'G6',
    replacements: [
      {
        file: 'src/order/store/payment-store.ts',
        text: '        await enqueueNotice(manager, await load(manager, id), shownStatus(order), now);\n',
        replacement: '',
      },
      {
        file: 'src/order/store/payment-store.ts',
        text: 'leaseFree, type StatusAfter, shownStatus, where',
        replacement: 'leaseFree, type StatusAfter, where',
      },
    ],
  },
  /** The notice of a late payment is written with the state before it. */
  'notice-of-the-past': {
    guarantee: 'G6',
    replacements: [
      {
        file: 'src/order/outbox/enqueue-notice.ts',
        text: 'return [noticeOf(order, shown, now)];',
        replacement:
          'return [noticeOf(last.has(order.orderNo) ? { ...order, status: shownBefore } : order, shown, now)];',
      },
    ],
  },
  /** Any 2xx counts as accepted, whatever the merchant answers. */
  'any-2xx-is-success': {
    guarantee: 'G6',
    foundBy: 'storm',
    replacements: [
      {
        file: 'src/notice/send-notice.ts',
        text: `outcome: text !== null && isSuccess(text) ? 'delivered' : 'wrong_answer',`,
        replacement: `outcome: text !== null ? 'delivered' : 'wrong_answer',`,
      },
      { file: 'src/notice/send-notice.ts', text: 'isSuccess, ', replacement: '' },
    ],
  },
  /** A notice is due again only after its attempt has ended: one whose process dies meanwhile is never sent. */
  'notice-not-due': {
    guarantee: 'G6',
    foundBy: 'storm',
    replacements: [
      {
        file: 'src/notice/notice-store.ts',
        text: 'nextAt: lease.until, leaseToken: lease.token',
        replacement: 'nextAt: null, leaseToken: lease.token',
      },
    ],
  },
  /** What came of a notice's attempt is not written. */
  'notice-attempt-without-end': {
    guarantee: 'G8',
    foundBy: 'storm',
    replacements: [
      {
        file: 'src/notice/notice-store.ts',
        text: 'await manager.update(NoticeAttemptEntity, { noticeId: id, attempt }, sent);',
        replacement:
          'if (ended.affected !== 1) await manager.update(NoticeAttemptEntity, { noticeId: id, attempt }, sent);',
      },
    ],
  },
  /** Each attempt has a new event id: the merchant cannot tell a repetition from a second event. */
  'event-id-per-attempt': {
    guarantee: 'G6',
    foundBy: 'storm',
    replacements: [
      {
        file: 'src/notice/notice-store.ts',
        text: `.set({ attempts: notice.attempts + 1, nextAt: lease.until, leaseToken: lease.token })`,
        replacement: `.set({
            attempts: notice.attempts + 1,
            nextAt: lease.until,
            leaseToken: lease.token,
            eventId: randomUUID(),
          })`,
      },
      {
        file: 'src/notice/notice-store.ts',
        text: `import type { SendResult }`,
        replacement: `import { randomUUID } from 'node:crypto';\nimport type { SendResult }`,
      },
    ],
  },
};
