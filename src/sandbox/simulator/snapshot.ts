/** What a gateway knows of an order, and what the tests judge by. */
export interface OrderSnapshot {
  channel: string;
  orderNo: string;
  /** How it is paid, as the gateway's own method is called. */
  kind: string;
  /** The gateway's own word; `NO_TRADE` for an Alipay code that nobody has scanned. UnionPay has
   * no words: `UNPAID`, `PAID`, `REFUNDED`. */
  state: string;
  /** Exactly whether a customer could still pay this order at this moment. */
  payable: boolean;
  /** The customer is typing the password. */
  paying: boolean;
  amountFen: number;
  refundedFen: number;
  /** What the customer scans or opens; of a code payment what the merchant scanned. */
  code: string;
  notifyUrl: string | null;
  tradeNo: string | null;
  createdAt: Date;
  /** The last moment at which a payment may begin. */
  expiresAt: Date;
  paidAt: Date | null;
}

/** A customer tried what the gateway does not allow. */
export class NotPayable extends Error {
  constructor(orderNo: string, reason: string) {
    super(`order ${orderNo} cannot be paid: ${reason}`);
    this.name = 'NotPayable';
  }
}
