import type { LosslessNumber } from 'lossless-json';
import { isIn, shownStatus } from '../../../order/lifecycle.ts';
import type { PaymentOrder } from '../../../order/order.ts';
import type { SyncOutcome } from '../../../order/outcomes.ts';

/** The content of a successful answer, before a generation names its fields. */
export type Content =
  /** A new order: what the customer needs to pay. */
  | { kind: 'payable'; order: PaymentOrder }
  | { kind: 'order'; order: PaymentOrder }
  | { kind: 'sync'; synced: Synced };

type Synced = Extract<SyncOutcome, { kind: 'synced' }>;

export type Value = string | number | boolean | LosslessNumber;

/** The documented fields of each kind of answer, in their documented order. */
export interface Fields {
  payable: readonly OrderField[];
  order: readonly OrderField[];
  sync: readonly SyncField[];
}

/** How a generation of DaxPay writes money and time in answers. */
export interface AnswerUnits {
  writeAmount(fen: number): number | LosslessNumber;
  writeTime(time: Date): number | string;
}

type Values<Source> = Record<string, (source: Source, units: AnswerUnits) => Value | null>;

/** Every name of an order field in any generation of DaxPay. */
const orderValues = {
  paymentId: ({ id }) => asLong(id),
  orderNo: ({ orderNo }) => orderNo,
  businessNo: ({ bizOrderNo }) => bizOrderNo,
  bizOrderNo: ({ bizOrderNo }) => bizOrderNo,
  outOrderNo: ({ channelTradeNo }) => channelTradeNo,
  title: ({ title }) => title,
  description: ({ description }) => description,
  channel: ({ channel }) => channel,
  method: ({ method }) => method,
  status: shownStatus,
  payBody: ({ payBody }) => payBody,
  amount: ({ amountFen }, units) => units.writeAmount(amountFen),
  refundableBalance: (order, units) =>
    units.writeAmount(order.status === 'success' && !isIn('giving_back', order) ? order.amountFen : 0),
  payTime: ({ paidAt, latePaidAt }, units) => timeOrNull(paidAt ?? latePaidAt, units),
  expiredTime: ({ expiresAt }, units) => units.writeTime(expiresAt),
  closeTime: ({ closedAt }, units) => timeOrNull(closedAt, units),
  errorMsg: ({ errorMsg }) => errorMsg,
  /** 2.0.5 calls a payment through a channel outside DaxPay asynchronous; all of ours are. */
  asyncPay: () => true,
  asyncChannel: ({ channel }) => channel,
  /** Payments are never shared between receivers (分账). */
  allocation: () => false,
  autoAllocation: () => false,
} satisfies Values<PaymentOrder>;

const syncValues = {
  status: ({ channelStatus }) => channelStatus,
  gatewayStatus: ({ channelStatus }) => channelStatus,
  orderStatus: ({ order }) => shownStatus(order),
  repair: ({ repaired }) => repaired,
  adjust: ({ repaired }) => repaired,
} satisfies Values<Synced>;

export type OrderField = keyof typeof orderValues;
export type SyncField = keyof typeof syncValues;

/** The content with a generation's field names and units. Null fields are omitted, from the answer and its signature. */
export function dataOf(content: Content, fields: Fields, units: AnswerUnits): Record<string, Value> {
  return content.kind === 'sync'
    ? pick(syncValues, fields.sync, content.synced, units)
    : pick(orderValues, fields[content.kind], content.order, units);
}

function pick<Source>(
  values: Values<Source>,
  names: readonly string[],
  source: Source,
  units: AnswerUnits,
): Record<string, Value> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = values[name]?.(source, units) ?? null;
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** A Java long: a JSON number if every reader keeps its digits, otherwise a string. */
function asLong(digits: string): number | string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

function timeOrNull(time: Date | null, units: AnswerUnits): number | string | null {
  return time === null ? null : units.writeTime(time);
}
