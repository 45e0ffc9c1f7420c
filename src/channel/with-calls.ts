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

/** The result of each call. */
export interface CallAnswers extends Record<Operation, unknown> {
  create: ChargeResult;
  query: QueryResult;
  close: CloseResult;
  cancel: CancelResult;
  refund: RefundResult;
  query_refund: RefundResult;
}

/** Wraps a call: makes it with `call`, or answers in its place. */
export type Around = <Name extends Operation>(
  operation: Name,
  order: ChannelOrder,
  call: () => Promise<CallAnswers[Name]>,
) => Promise<CallAnswers[Name]>;

type Calls = Pick<Channel, 'create' | 'query' | 'close' | 'cancel' | 'refund' | 'queryRefund'>;

/** All calls of a channel that reach its gateway, each wrapped by `around`. */
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
