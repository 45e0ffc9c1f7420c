import type { actions as zh } from '../zh/actions.ts';

export const actions: typeof zh = {
  close: {
    name: 'Close order',
    will: (channel) =>
      `${channel} will be asked to close this order now, and queried to confirm it. Once confirmed, nobody can pay it any more. If the order turns out to be paid, it is recorded as paid and not closed.`,
    caveat: {
      soft: (channel) =>
        `If the customer never started to pay, ${channel} does not know this order: it is closed here and watched for a while; money that still arrives becomes a late payment.`,
      wait: (channel) =>
        `${channel} has no close: the order stays open until it expires there, and is then closed automatically.`,
      reverse: () =>
        'A payment-code order is closed by reversal: if the customer has just paid, the money is returned.',
    },
  },
  cancel: {
    name: 'Cancel order',
    unpaid: (channel) =>
      `${channel} will be asked to close this order. If the customer has paid in the meantime, the full amount is refunded. The order is then cancelled.`,
    paid: (channel, money) =>
      `This order is paid. The full ${money} will be refunded to the customer through ${channel}. This cannot be voided.`,
    watched:
      'This order is closed. It will be marked as cancelled; money that still arrives is always refunded.',
  },
  sync: {
    name: 'Sync status',
    will: (channel) =>
      `${channel} will be queried, and the order corrected accordingly: paid or closed there becomes paid or closed here; expired and unpaid is closed. Without a clear answer nothing changes.`,
  },
  reclose: {
    name: 'Re-close',
    will: 'The order is enqueued now, and a worker tries again. An order being cancelled is cancelled; a watched order is queried again.',
  },
  resend: {
    name: 'Resend notices',
    will: 'All notices of this order are sent to the merchant again now, delivered or not. They keep their event ids, so the merchant can recognize duplicates.',
  },
  late: {
    name: { refund: 'Refund', reopen: 'Reopen as paid', handled: 'Mark as handled' },
    refund: (channel, money) =>
      `The full ${money} will be refunded to the customer through ${channel}. This cannot be voided. The order is refunding until the money has been returned, then refunded.`,
    reopen: (money) =>
      `This order becomes paid again (${money}), and the merchant is notified. Make sure that the merchant can still deliver.`,
    handledCancel:
      'The channel refused the refund. Use this only if the money has been returned some other way: the order becomes cancelled, and no further refund is made from here.',
    handled:
      'The order leaves this list, and nothing else is done: no refund is made. Use this only if the payment has been settled elsewhere.',
  },
  confirm: (action) => `Confirm: ${action}`,
  keep: 'Back',
  title: (action, orderNo) => `${action}: ${orderNo}`,
  audited: 'Your name, the time and your IP address are recorded in the audit trail.',
  needsOperator: 'Viewers cannot act on orders: an operator or admin can.',
  nothing: 'No actions are possible for this order now.',
  heading: 'Actions',
  outcome: {
    closed: 'Closed: the channel has confirmed it, nobody can pay any more.',
    paid: 'Not closed: the order is paid, and recorded as paid.',
    ended: 'Nothing was done: the order had already ended.',
    busy: 'Another operation is working on this order. Your request is recorded and runs automatically.',
    pending: 'Not ended yet; it is retried automatically.',
    cancelled: 'Cancelled: nobody has paid, or the money has been returned.',
    cancelled_refunded: 'Cancelled, and the money has been refunded to the customer.',
    refused: 'The channel refused the refund: a person must settle it. The order is now a dead letter.',
    unsupported: 'Paid too long ago: the channel no longer refunds it. Nothing was changed.',
    synced: 'Synced: the order matches the channel.',
    repaired: 'Synced: the order was corrected to match the channel.',
    unreachable: 'The channel gave no usable answer. Nothing was changed.',
    skipped: 'Could not be changed now (locked, or faulty data) and stays stuck. Try again.',
    enqueued: 'Enqueued: a worker will process it shortly.',
    running: 'An attempt is running; if it does not end the order, the next follows at once.',
    left_to_sweep: 'Due in the database; the queue is unavailable, the sweep will find the order.',
    decided_refund: 'The refund has started.',
    decided_reopen: 'Reopened: the order is paid again.',
    decided_handled: 'Marked as handled.',
    nothing_to_decide: 'No late payment needs a decision: somebody may have decided already.',
    nothing_to_resend: 'This order has no notices.',
    not_found: 'No such order.',
    not_due: 'The order is not due yet.',
  },
  resent: (count) => (count === 1 ? '1 notice will be sent again.' : `${count} notices will be sent again.`),
  reason: (reason) => `Reason: ${reason}`,
  answer: (answer) => `Channel: ${answer}`,
  again: (when) => `Next attempt: ${when}`,
  nowIs: (status) => `Order status: ${status}`,
};
