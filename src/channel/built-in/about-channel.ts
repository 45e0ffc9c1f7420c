import type { NotificationReply, PayMethod } from '../basics.ts';

/**
 * What closing an unpaid order does that nobody expects.
 * - `reverse`: it gives the money back, if the order was paid meanwhile.
 * - `soft`: the order is closed here while its code may still be paid, and watched.
 * - `wait`: nothing but the end of its time closes it.
 */
export type CloseCaveat = 'reverse' | 'soft' | 'wait';

/** What is known of a gateway without talking to it: plain data, which the admin page imports as well. */
export interface AboutChannel {
  /** The wire's word for it, DaxPay's. */
  readonly name: string;
  readonly label: { readonly zh: string; readonly en: string };
  /** What a creation must have for one method beyond what every channel needs of it; `because` says to the merchant for what. */
  readonly needs?: readonly {
    readonly method: PayMethod;
    readonly field: 'clientIp';
    readonly because: string;
  }[];
  readonly caveats?: Readonly<Partial<Record<PayMethod, CloseCaveat>>>;
  /** See `Channel`. */
  readonly knowsByCreatedAt?: true;
  readonly notifications: {
    /** What it sends. */
    readonly contentType: string;
    readonly replies: { readonly accepted: NotificationReply; readonly failed: NotificationReply };
  };
}
