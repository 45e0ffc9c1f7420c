import type {
  CloseOutcome,
  CloseTrigger,
  CreateOrder,
  CreateOutcome,
  OrderNumbers,
} from '../../order/outcomes.ts';
import type { Members } from './body.ts';
import type { Result } from './codes.ts';
import type { Read } from './fields.ts';
import { closeResult, createResult } from './outcomes.ts';
import { type CloseOrder, readClose, readPay } from './schemas.ts';

/** What the API makes happen. Each throws only when the database cannot be reached. */
export interface UseCases {
  createOrder(wish: CreateOrder): Promise<CreateOutcome>;
  closeOrder(numbers: OrderNumbers, trigger: CloseTrigger): Promise<CloseOutcome>;
}

/** One thing that a merchant may ask for. */
export interface Operation<Wish extends Partial<OrderNumbers>> {
  /** In the log. */
  name: string;
  read(members: Members): Read<Wish>;
  /** `socketIp` is who called, where the request does not say for whom. */
  run(useCases: UseCases, wish: Wish, socketIp: string): Promise<Result>;
}

export const pay: Operation<CreateOrder> = {
  name: 'pay',
  read: readPay,
  async run({ createOrder }, wish) {
    return createResult(await createOrder(wish));
  },
};

export const close: Operation<CloseOrder> = {
  name: 'close',
  read: readClose,
  async run({ closeOrder }, { clientIp, ...numbers }, socketIp) {
    const trigger = { kind: 'api', actor: null, clientIp: clientIp ?? socketIp } as const;
    return closeResult(await closeOrder(numbers, trigger));
  },
};
