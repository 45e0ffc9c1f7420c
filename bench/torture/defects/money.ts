import type { Defects } from './defect.ts';

/** Money goes back once, all of it, and only where it must; what arrives late is never kept silently (G4). */
export const moneyDefects: Defects = {
  /** Each attempt gives the money back under a new number. */
  'refund-number-per-attempt': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/refund/give-back.ts',
        text: 'refundNoOf = ({ orderNo }: PaymentOrder) => `R',
        replacement: 'refundNoOf = ({ orderNo, closeAttempts }: PaymentOrder) => closeAttempts + `R',
      },
    ],
  },
  /** A refund that the channel has accepted counts as done. */
  'accepted-refund-is-done': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/refund/give-back.ts',
        text: `    case 'refunded':
      return { kind: 'given_back', answers };
    case 'refused':`,
        replacement: `    case 'refunded':
    case 'processing':
      return { kind: 'given_back', answers };
    case 'refused':`,
      },
      {
        file: 'src/order/refund/give-back.ts',
        text: `    case 'processing':
      return { kind: 'retry', reason: 'refunding', answers };\n`,
        replacement: '',
      },
    ],
  },
  /** A refund's time is that of each attempt: UnionPay, which names a refund by it, takes it for another. */
  'refund-time-moves': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/refund/give-back.ts',
        text: 'refundRequestOf(order, reason, refund.createdAt)',
        replacement: 'refundRequestOf(order, reason, deps.clock.now())',
      },
    ],
  },
  /** Any refund that the channel shows counts as all of the money, also one of a part. */
  'part-counts-as-all': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/refund/give-back.ts',
        text: `    if (now.kind === 'refunded' && channel.refundedIsInFull) return { kind: 'given_back', answers };
    // A reversed`,
        replacement: `    if (now.kind === 'refunded') return { kind: 'given_back', answers };
    // A reversed`,
      },
      {
        file: 'src/order/refund/give-back.ts',
        text: `if (now.kind !== 'paid' && now.kind !== 'refunded')`,
        replacement: `if (now.kind !== 'paid')`,
      },
    ],
  },
  /** The order says that its money has gone back, and the refund's row says that it is still to go. */
  'refund-row-left-open': {
    guarantee: 'G8',
    replacements: [
      {
        file: 'src/order/refund/refund-late.ts',
        text: "      await deps.refunds.end(refundNoOf(leased), 'done', answer, attempt.now);\n",
        replacement: '',
      },
    ],
  },
  /** A close that sends money back is made without a word in the row. */
  'reverse-unnoted': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/order/close/close-order.ts',
        text: 'isReversing = await deps.store.beginReverse(leased);',
        replacement: `isReversing = leased.status === 'progress';`,
      },
    ],
  },
  /** A late payment that waits for a person is on nobody's list. */
  'late-payment-unmarked': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/store/payment-store.ts',
        text: 'close: { ...known, nextCloseAt: null },',
        replacement: 'close: { channelTradeNo, paidAt, nextCloseAt: null },',
      },
    ],
  },
  /** A cancel of an order that is closed already is answered as done, and not remembered. */
  'cancel-of-closed-forgotten': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/store/payment-store.ts',
        text: `const done = (await change(manager, { ending: 'cancel' }, guard, { id })) === 1;`,
        replacement: `const done = (await change(manager, { retryReason: null }, guard, { id })) === 1;`,
      },
    ],
  },
  /** What the channel shows as refunded is recorded as paid. */
  'refunded-is-paid': {
    guarantee: 'G1',
    replacements: [
      {
        file: 'src/order/payment/check-returned.ts',
        text: `  if (kind === 'paid') return payment;\n`,
        replacement: `  if (kind === 'paid' || !refundedIsInFull) return payment;\n`,
      },
    ],
  },
  /** A notification of any smaller amount makes the order paid. */
  'amount-of-notification': {
    guarantee: 'only the amount of the order pays it',
    replacements: [
      {
        file: 'src/order/payment/record-payment.ts',
        text: 'if (payment.amountFen !== order.amountFen) {',
        replacement: 'if (payment.amountFen > order.amountFen) {',
      },
    ],
  },
  /** A second payment under another number is taken for a repetition of the first. */
  'second-payment-silent': {
    guarantee: 'G4',
    replacements: [
      {
        file: 'src/order/store/payment-store.ts',
        text: 'return isKnown && order.channelTradeNo !== null && order.channelTradeNo !== channelTradeNo;',
        replacement:
          'return isKnown && order.channelTradeNo === null && order.channelTradeNo !== channelTradeNo;',
      },
    ],
  },
};
