import type { NotificationReply, PayMethod } from '../basics.ts';

/**
 * An unexpected effect of closing an unpaid order.
 * - `reverse`: refunds the order if it was paid meanwhile.
 * - `soft`: closes the order here while its code can still be paid; the order is watched.
 * - `wait`: the order closes only when its time to pay is over.
 */
export type CloseCaveat = 'reverse' | 'soft' | 'wait';

/** Static facts about a gateway: plain data, also imported by the admin page. */
export interface AboutChannel {
  /** Its name in DaxPay's API. */
  readonly name: string;
  readonly label: { readonly zh: string; readonly en: string };
  /**
   * A field that one method requires in addition to those that every creation requires; `because` tells the merchant
   * why.
   */
  readonly needs?: readonly {
    readonly method: PayMethod;
    readonly field: 'clientIp';
    readonly because: string;
  }[];
  readonly caveats?: Readonly<Partial<Record<PayMethod, CloseCaveat>>>;
  /** See `Channel`. */
  readonly knowsByCreatedAt?: true;
  readonly notifications: {
    /** Content type of the gateway's notifications. */
    readonly contentType: string;
    readonly replies: { readonly accepted: NotificationReply; readonly failed: NotificationReply };
  };
}
