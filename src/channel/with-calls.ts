import type {
  CancelResult,
  Channel,
  ChannelOrder,
  ChargeResult,
  CloseResult,
  QueryResult,
  RefundResult,
} from './channel.ts';
import type { Operation } from './parts.ts';

/** What each call answers. */
export interface CallAnswers extends Record<Operation, unknown> {
  create: ChargeResult;
  query: QueryResult;
  close: CloseResult;
  cancel: CancelResult;
  refund: RefundResult;
  query_refund: RefundResult;
}

/** Does what belongs around a call, and makes it with `call`, or answers in its place. */
export type Around = <Name extends Operation>(
  operation: Name,
  order: ChannelOrder,
  call: () => Promise<CallAnswers[Name]>,
) => Promise<CallAnswers[Name]>;

type Calls = Pick<Channel, 'create' | 'query' | 'close' | 'cancel' | 'refund' | 'queryRefund'>;

/** All calls of a channel that ask its gateway, each with `around` about it. */
export function withCalls(channel: Channel, around: Around): Calls {
  return {
    create: (order, payer) => around('create', order, () => channel.create(order, payer)),
    query: (order) => around('query', order, () => channel.query(order)),
    close: (order) => around('close', order, () => channel.close(order)),
    cancel: (order, refund) => around('cancel', order, () => channel.cancel(order, refund)),
    refund: (order, refund) => around('refund', order, () => channel.refund(order, refund)),
    queryRefund: (order, refund) => around('query_refund', order, () => channel.queryRefund(order, refund)),
  };
}
