import type { Message } from '../notify/notifier.ts';
import type { WholeWorld } from '../simulators.ts';
import { findOrder } from './find-order.ts';

/** Notifications of payments that the gateway's own order does not show. */
export interface Claims {
  /**
   * Rightly signed: another payment of the order, under another number of the channel's, made now; of `amountFen`, if that is
   * given. False: this order is not notified, or not known.
   */
  notifyOther(orderNo: string, amountFen?: number): boolean;
  /** Rightly signed, and not exactly a payment: its own fields contradict each other. False: as above. */
  notifyDoubt(orderNo: string): boolean;
  /** What a stranger could send: a payment of the order, complete in form and signed by another key. Null: as above. */
  forge(orderNo: string): { headers: Record<string, string>; body: Buffer } | null;
}

export function createClaims(world: WholeWorld): Claims {
  function sent(message: Message | null | undefined): boolean {
    if (!message) return false;
    world.notifier.send(message);
    return true;
  }
  return {
    notifyDoubt: (orderNo) => sent(findOrder(world, orderNo)?.doubtfulPayment()),
    notifyOther: (orderNo, amountFen) => sent(findOrder(world, orderNo)?.otherPayment(amountFen)),
    forge: (orderNo) => findOrder(world, orderNo)?.otherPayment()?.compose('badSignature') ?? null,
  };
}
