import type { Message } from '../notify/notifier.ts';
import type { WholeWorld } from '../simulators.ts';
import { findOrder } from './find-order.ts';

/** Notifications of payments that the gateway's order does not show. */
export interface Claims {
  /**
   * Correctly signed: a second payment of the order, made now, under another transaction number of the channel; of `amountFen`
   * if given. False: the order is unknown or has no notifications.
   */
  notifyOther(orderNo: string, amountFen?: number): boolean;
  /** Correctly signed, but its fields contradict each other. False: as above. */
  notifyDoubt(orderNo: string): boolean;
  /** A forged payment notification: complete, but signed with another key. Null: as above. */
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
