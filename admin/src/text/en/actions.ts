import type { actions as zh } from '../zh/actions.ts';

export const actions: typeof zh = {
  close: {
    name: 'Close order',
    will: (channel) =>
      `${channel} will be asked to close this order now, and a query confirms it. Once confirmed, nobody can pay any more. If it turns out to be paid, it is recorded as paid and not closed.`,
    caveat: {
      soft: (channel) =>
        `If the customer never began to pay, ${channel} does not know this order: it is closed here and watched for a while; money that still arrives becomes a late payment.`,
      wait: (channel) =>
        `${channel} has no close: the order stays open until its time is over there, and is then closed by itself.`,
      reverse: () =>
        'A payment-code order is closed by reversal: if the customer has just paid, the money goes back.',
    },
  },
  cancel: {
    name: 'Cancel order',
    unpaid: (channel) =>
      `${channel} will be asked to close this order. If the customer has paid meanwhile, all of the money goes back. Afterwards the order is cancelled.`,
    paid: (channel, money) =>
      `This order has been paid. All of ${money} goes back to the customer through ${channel}. This cannot be undone.`,
    watched:
      'This order is closed. It will be marked as cancelled; money that still arrives always goes back.',
  },
  sync: {
    name: 'Sync status',
    will: (channel) =>
      `${channel} will be asked what it knows, and we are corrected by its answer: paid there becomes paid here, closed there becomes closed here, expired and unpaid is closed. Without a clear answer nothing changes.`,
  },
  reclose: {
    name: 'Re-close',
    will: 'The order is put in the queue now, and a worker tries again. What was to be cancelled goes on being cancelled; what is watched is looked at again.',
  },
  resend: {
    name: 'Resend notices',
    will: 'All notices of this order are sent to the merchant again now, delivered or not. They keep their event ids, by which the merchant knows them again.',
  },
  late: {
    name: { refund: 'Refund', reopen: 'Reopen as paid', handled: 'Mark as handled' },
    refund: (channel, money) =>
      `All of ${money} goes back to the customer through ${channel}. This cannot be undone. The order is refunding, and refunded once the money has gone back.`,
    reopen: (money) =>
      `This order becomes paid again (${money}), and the merchant is told. Make sure that the merchant can still deliver.`,
    handledCancel:
      'The channel has refused the refund. Only when the money has gone back some other way: the order becomes cancelled, and nothing more is refunded from here.',
    handled:
      'The order leaves this list, and nothing more is done: no money goes back. Only where it has been settled elsewhere.',
  },
  confirm: (action) => `Confirm: ${action}`,
  keep: 'Do nothing',
  title: (action, orderNo) => `${action}: ${orderNo}`,
  audited: 'Your name, the time and your IP are kept in the audit trail.',
  needsOperator: 'Viewers cannot act on orders: this needs an operator or an admin.',
  nothing: 'Nothing can be done with this order now.',
  heading: 'Actions',
  outcome: {
    closed: 'Closed: the channel has confirmed it, nobody can pay any more.',
    paid: 'Not closed: it has been paid, and is recorded as paid.',
    ended: 'Nothing was done: it had ended before.',
    busy: 'Another operation is at this order. What you asked for is noted and goes on by itself.',
    pending: 'Not ended yet; it goes on by itself.',
    cancelled: 'Cancelled: nobody has paid, or the money has gone back.',
    cancelled_refunded: 'Cancelled, and the money has gone back to the customer.',
    refused: 'The channel refuses the refund: a person must settle it. The order is now a dead letter.',
    unsupported: 'Paid so long ago that the channel gives nothing back any more. Nothing was changed.',
    synced: 'Synced: we agree with the channel.',
    repaired: "Synced: corrected by the channel's answer.",
    unreachable: 'The channel gave no usable answer. Nothing was changed.',
    skipped: 'It could not be changed now (locked, or its data is at fault) and stays stuck. Try again.',
    enqueued: 'In the queue: a worker takes it in a moment.',
    running: 'An attempt is running; if it does not end the order, the next follows at once.',
    left_to_sweep: 'Due in the database; the queue is away, the sweep will find it.',
    decided: 'Done as you decided.',
    nothing_to_decide: 'No late payment waits here: somebody may have decided already.',
    nothing_to_resend: 'This order has no notices.',
    not_found: 'There is no such order.',
    not_due: 'It is not due yet.',
  },
  resent: (count) => (count === 1 ? '1 notice is sent again.' : `${count} notices are sent again.`),
  reason: (reason) => `Why: ${reason}`,
  answer: (answer) => `The channel: ${answer}`,
  again: (when) => `Next attempt: ${when}`,
  nowIs: (status) => `The order is: ${status}`,
};
