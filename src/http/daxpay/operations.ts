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
import type { Parsed } from './request/fields.ts';
import { type OrderRequest, readOrder } from './request/read-order.ts';
import { readPay } from './request/read-pay.ts';
import type { Purpose } from './signing/replay.ts';

/** The API's use cases. Each throws only if the database is unavailable. */
export interface UseCases {
  createOrder(request: CreateOrder): Promise<CreateOutcome>;
  closeOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CloseOutcome>;
  cancelOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CancelOutcome>;
  findOrder(numbers: OrderNumbers): Promise<PaymentOrder | null>;
  /** Queries the channel and corrects the order, so it is a change like the others. */
  syncOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<SyncOutcome>;
}

/** An operation of the API. */
export interface Operation<Params extends Partial<OrderNumbers>> {
  /** In the log. */
  name: string;
  read(members: Members, generation: Generation): Parsed<Params>;
  /** What the request changes; null if it may share its signature with other operations. */
  purposeOf(params: Params): Purpose | null;
  /** `socketIp`: the caller's address, used if the request does not contain one. */
  run(useCases: UseCases, params: Params, socketIp: string): Promise<Result>;
}

export const pay: Operation<CreateOrder> = {
  name: 'pay',
  read: readPay,
  purposeOf: () => 'pay',
  async run({ createOrder }, request) {
    return createResult(await createOrder(request));
  },
};

export const close: Operation<OrderRequest> = {
  name: 'close',
  read: readOrder,
  purposeOf: ({ useCancel }) => (useCancel ? 'cancel' : 'close'),
  async run(useCases, request, socketIp) {
    if (request.useCancel) return cancel.run(useCases, request, socketIp);
    return closeResult(await useCases.closeOrder(numbersOf(request), triggerOf(request, socketIp)));
  },
};

export const cancel: Operation<OrderRequest> = {
  name: 'cancel',
  read: readOrder,
  purposeOf: () => 'cancel',
  async run({ cancelOrder }, request, socketIp) {
    return cancelResult(await cancelOrder(numbersOf(request), triggerOf(request, socketIp)));
  },
};

export const query: Operation<OrderRequest> = {
  name: 'query',
  read: readOrder,
  purposeOf: () => null,
  async run({ findOrder }, request) {
    const order = await findOrder(numbersOf(request));
    return order === null ? failure('trade_not_found') : success({ kind: 'order', order });
  },
};

export const sync: Operation<OrderRequest> = {
  name: 'sync',
  read: readOrder,
  purposeOf: () => null,
  async run({ syncOrder }, request, socketIp) {
    return syncResult(await syncOrder(numbersOf(request), triggerOf(request, socketIp)));
  },
};

function numbersOf({ clientIp, useCancel, ...numbers }: OrderRequest): OrderNumbers {
  return numbers;
}

function triggerOf({ clientIp }: OrderRequest, socketIp: string): CloseTrigger {
  return { kind: 'api', actor: null, clientIp: clientIp ?? socketIp };
}
