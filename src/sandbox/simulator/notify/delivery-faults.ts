/** How a notification's content can be corrupted. */
export type ContentFault = 'tamper' | 'badAad' | 'badSignature' | 'signtest';

/**
 * Scripted faults for the next delivery attempts of one order, or of any order if the number is omitted.
 */
export interface DeliveryFaults {
  /** The next `count` attempts never arrive; the gateway counts them as failed. */
  drop(orderNo?: string, count?: number): void;
  /** The next attempt is sent `extra` more times at the same moment. */
  dup(orderNo?: string, extra?: number): void;
  /** The next attempt waits for `ms` on the simulator's clock. */
  delay(orderNo: string | undefined, ms: number): void;
  /** The next `count` attempts of any orders wait for one another, and are sent one by one, the last one first. */
  reorder(count: number): void;
  /** The content is changed after it was signed. */
  tamper(orderNo?: string, count?: number): void;
  /** WeChat: correctly signed, but the associated data does not match the ciphertext. */
  badAad(orderNo?: string, count?: number): void;
  badSignature(orderNo?: string, count?: number): void;
  /** WeChat's deliberate test of the merchant's verification. */
  signtest(orderNo?: string, count?: number): void;
}

interface Plan<T> {
  orderNo: string | undefined;
  what: T;
  left: number;
}

export interface DeliveryFaultQueue extends DeliveryFaults {
  takeContent(orderNo: string): ContentFault | 'drop' | null;
  takeDuplicates(orderNo: string): number;
  takeDelay(orderNo: string): number | null;
  /** Resolves when a reordering releases this attempt, at once if there is none. Call the result after the attempt. */
  waitForTurn(): Promise<() => void>;
  /** Ends a reordering that is still waiting for attempts. */
  endReordering(): void;
  forget(): void;
}

export function createDeliveryFaults(): DeliveryFaultQueue {
  const content: Plan<ContentFault | 'drop'>[] = [];
  const duplicates: Plan<number>[] = [];
  const delays: Plan<number>[] = [];
  const queue: ((next: () => void) => void)[] = [];
  let awaited = 0;

  const planned =
    (what: ContentFault | 'drop') =>
    (orderNo?: string, count = 1): void => {
      content.push({ orderNo, what, left: count });
    };

  function endReordering(): void {
    awaited = 0;
    const inLine = queue.splice(0);
    const next = (): void => inLine.pop()?.(next);
    next();
  }

  return {
    drop: planned('drop'),
    tamper: planned('tamper'),
    badAad: planned('badAad'),
    badSignature: planned('badSignature'),
    signtest: planned('signtest'),
    dup(orderNo, extra = 1) {
      duplicates.push({ orderNo, what: extra, left: 1 });
    },
    delay(orderNo, ms) {
      delays.push({ orderNo, what: ms, left: 1 });
    },
    reorder(count) {
      awaited = count;
    },
    takeContent: (orderNo) => take(content, orderNo),
    takeDuplicates: (orderNo) => take(duplicates, orderNo) ?? 0,
    takeDelay: (orderNo) => take(delays, orderNo),
    waitForTurn() {
      if (awaited === 0) return Promise.resolve(() => {});
      return new Promise((resolve) => {
        queue.push(resolve);
        if (queue.length >= awaited) endReordering();
      });
    },
    endReordering,
    forget() {
      content.length = 0;
      duplicates.length = 0;
      delays.length = 0;
      endReordering();
    },
  };
}

function take<T>(plans: Plan<T>[], orderNo: string): T | null {
  const plan = plans.find((one) => one.orderNo === undefined || one.orderNo === orderNo);
  if (plan === undefined) return null;
  plan.left -= 1;
  if (plan.left <= 0) plans.splice(plans.indexOf(plan), 1);
  return plan.what;
}
