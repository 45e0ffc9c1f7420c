/** A gateway's view of an order; tests compare with it. */
export interface OrderSnapshot {
  channel: string;
  orderNo: string;
  /** The gateway's name of the payment method. */
  kind: string;
  /** The gateway's state; `NO_TRADE` for an Alipay code that nobody has scanned. UnionPay has
   * no names: `UNPAID`, `PAID`, `REFUNDED`. */
  state: string;
  /** Whether a customer can still pay this order now; exact. */
  payable: boolean;
  /** The customer is typing the password. */
  paying: boolean;
  amountFen: number;
  refundedFen: number;
  /** What the customer scans or opens; for a code payment, what the merchant scanned. */
  code: string;
  notifyUrl: string | null;
  tradeNo: string | null;
  createdAt: Date;
  /** The latest time at which a payment can begin. */
  expiresAt: Date;
  paidAt: Date | null;
}

/** A customer's action that the gateway does not allow. */
export class NotPayable extends Error {
  constructor(orderNo: string, reason: string) {
    super(`order ${orderNo} cannot be paid: ${reason}`);
    this.name = 'NotPayable';
  }
}
