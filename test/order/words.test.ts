import { expect, test } from 'vitest';
import { orderStatuses, pendingReasons } from '../../src/order/order.ts';
import { closeTriggers } from '../../src/order/outcomes.ts';
import {
  attemptOutcomes,
  CloseRecordEntity,
  closeTypes,
  PaymentOrderEntity,
} from '../../src/order/store/entities.ts';

const lengthOf = (columns: object, name: string) =>
  Number((columns as Record<string, { length?: number }>)[name]?.length);
const record = CloseRecordEntity.options.columns;
const order = PaymentOrderEntity.options.columns;

test.each([
  ['trigger', closeTriggers, lengthOf(record, 'trigger')],
  ['close type', closeTypes, lengthOf(record, 'closeType')],
  ['outcome of an attempt', attemptOutcomes, lengthOf(record, 'outcome')],
  ['status', orderStatuses, lengthOf(order, 'status')],
  ['reason', pendingReasons, lengthOf(order, 'retryReason')],
] as const)(
  'each %s fits its column: one that did not would stop the transaction that writes it',
  (_, words, length) => {
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect(word.length).toBeLessThanOrEqual(length);
  },
);
