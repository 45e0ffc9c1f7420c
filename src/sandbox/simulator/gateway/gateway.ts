import type { WireRequest } from '../exchange/wire.ts';
import type { JsonObject } from '../format/json-object.ts';
import type { KeyPair } from '../format/pem.ts';
import type { Message } from '../notify/notifier.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import type { SimulatorKeys, World } from '../world.ts';
import type { Call } from './call.ts';

/**
 * A gateway's simulator. It stands in one list, `simulators.ts`; keys, settings, environment, control and the server are
 * made from it. Types: its name, of its key pairs, its keys, what it keeps, its settings, its variables.
 */
export interface Gateway<
  Name extends string,
  PairName extends string,
  Keys,
  Ledger extends { orders: Map<string, unknown> },
  Settings,
  Env extends Record<string, string>,
> {
  /** The product's own interface calls it so. */
  readonly name: Name;
  readonly label: string;
  /** A request is for the gateway with the longest of these that its path begins with. */
  readonly paths: readonly string[];
  readonly pairNames: readonly PairName[];
  /** Everyone's keys and numbers here, from RSA key pairs of the names above. `stranger` signs where a signature has to be wrong. */
  keysOf(pairs: Record<PairName | 'stranger', KeyPair>): Keys;
  /** As they are by default. */
  readonly settings: Settings;
  /** With which the product talks to this gateway at `url`. */
  env(keys: SimulatorKeys, url: string): Env;
  /** Without any order. */
  emptyLedger(): Ledger;
  understand(world: World, request: WireRequest): Call;
  /** The order as it is now, or null when this gateway does not know it. */
  find(world: World, orderNo: string): SimulatedOrder | null;
  /** Whether a refund that the merchant asked for by a number has been accepted and has not moved the money yet. */
  isRefundUnderWay(world: World, orderNo: string): boolean;
  /** A customer opens what the merchant has signed; the order's number. Throws where that cannot be opened. */
  open?(world: World, link: string): string;
  readonly lies: {
    /** The code by which it does not know an order. */
    readonly unknownOrder: string;
    /** What an unsigned answer to a query claims instead; null if the answer shows no order. */
    claim(body: JsonObject, lie: 'paid' | 'closed'): JsonObject | null;
  };
}

/** What people do to an order outside the merchant's API. Each throws where the gateway does not allow it. */
export interface SimulatedOrder {
  describe(): OrderSnapshot;
  scan(): void;
  beginPay(): void;
  finishPay(ok: boolean): void;
  /** By somebody else. */
  addRefund(refundNo: string, amountFen: number): void;
  /** Paid, and no longer refundable. */
  finish?(): void;
  /** Turns an unpaid order into a code payment that begins now. */
  codePay?(): void;
  /** A rightly signed notification of another payment, made now, of `amountFen` if given. Null: it is not notified. */
  otherPayment(amountFen?: number): Message | null;
  /** A rightly signed notification that is not exactly a payment: its own fields contradict each other. */
  doubtfulPayment(): Message | null;
}
