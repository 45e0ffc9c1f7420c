import type { PaymentOrder } from '../../order/order.ts';
import type {
  CancelOutcome,
  CloseOutcome,
  CloseTrigger,
  CreateOrder,
  CreateOutcome,
  OrderNumbers,
  SyncOutcome,
} from '../../order/outcomes.ts';
import { failure, type Result, success } from './answer/codes.ts';
import { cancelResult, closeResult, createResult, syncResult } from './answer/outcomes.ts';
import type { Generation } from './generations/generation.ts';
import type { Members } from './request/body.ts';
import type { Read } from './request/fields.ts';
import { type OrderWish, readOrder } from './request/read-order.ts';
import { readPay } from './request/read-pay.ts';
import type { Purpose } from './signing/replay.ts';

/** What the API makes happen. Each throws only when the database cannot be reached. */
export interface UseCases {
  createOrder(wish: CreateOrder): Promise<CreateOutcome>;
  closeOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CloseOutcome>;
  cancelOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CancelOutcome>;
  findOrder(numbers: OrderNumbers): Promise<PaymentOrder | null>;
  /** Asks the channel and corrects the order, so it is a change like the others. */
  syncOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<SyncOutcome>;
}

/** One thing that a merchant may ask for. */
export interface Operation<Wish extends Partial<OrderNumbers>> {
  /** In the log. */
  name: string;
  read(members: Members, generation: Generation): Read<Wish>;
  /** What the request changes; null if it may share its signature with another operation. */
  purposeOf(wish: Wish): Purpose | null;
  /** `socketIp` is who called, where the request does not say for whom. */
  run(useCases: UseCases, wish: Wish, socketIp: string): Promise<Result>;
}

export const pay: Operation<CreateOrder> = {
  name: 'pay',
  read: readPay,
  purposeOf: () => 'pay',
  async run({ createOrder }, wish) {
    return createResult(await createOrder(wish));
  },
};

export const close: Operation<OrderWish> = {
  name: 'close',
  read: readOrder,
  purposeOf: ({ useCancel }) => (useCancel ? 'cancel' : 'close'),
  async run(useCases, wish, socketIp) {
    if (wish.useCancel) return cancel.run(useCases, wish, socketIp);
    return closeResult(await useCases.closeOrder(numbersOf(wish), triggerOf(wish, socketIp)));
  },
};

export const cancel: Operation<OrderWish> = {
  name: 'cancel',
  read: readOrder,
  purposeOf: () => 'cancel',
  async run({ cancelOrder }, wish, socketIp) {
    return cancelResult(await cancelOrder(numbersOf(wish), triggerOf(wish, socketIp)));
  },
};

export const query: Operation<OrderWish> = {
  name: 'query',
  read: readOrder,
  purposeOf: () => null,
  async run({ findOrder }, wish) {
    const order = await findOrder(numbersOf(wish));
    return order === null ? failure('trade_not_found') : success({ kind: 'order', order });
  },
};

export const sync: Operation<OrderWish> = {
  name: 'sync',
  read: readOrder,
  purposeOf: () => null,
  async run({ syncOrder }, wish, socketIp) {
    return syncResult(await syncOrder(numbersOf(wish), triggerOf(wish, socketIp)));
  },
};

function numbersOf({ clientIp, useCancel, ...numbers }: OrderWish): OrderNumbers {
  return numbers;
}

function triggerOf({ clientIp }: OrderWish, socketIp: string): CloseTrigger {
  return { kind: 'api', actor: null, clientIp: clientIp ?? socketIp };
}
