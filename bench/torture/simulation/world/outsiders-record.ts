/** What happened to the order's money outside the service. */
export interface Outsiders {
  /** Given back in the channel's back office. */
  refundedFen: number;
  /** Validly signed notifications of payments that the gateway's order does not show. */
  secondPayments: number;
  otherAmounts: number;
  /** Validly signed notifications that contradict themselves. */
  claims: number;
}
