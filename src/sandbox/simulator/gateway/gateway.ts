import type { WireRequest } from '../exchange/wire.ts';
import type { JsonObject } from '../format/json-object.ts';
import type { KeyPair } from '../format/pem.ts';
import type { Message } from '../notify/notifier.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import type { World } from '../world.ts';
import type { Call } from './call.ts';

/** The types that differ from gateway to gateway. */
interface Parts {
  /** Under which its keys and its ledger stand in the world. */
  key: string;
  name: string;
  /** Of its RSA key pairs. */
  pairName: string;
  /** Everyone's keys and numbers there. */
  keys: object;
  ledger: { orders: Map<string, unknown> };
  settings: object;
  variable: string;
}

/** The world as one gateway knows it. */
export type GatewayWorld<Own extends Parts> = Omit<World, 'keys' | 'settings'> &
  Record<Own['key'], Own['ledger']> & {
    keys: World['keys'] & Record<Own['key'], Own['keys']>;
    settings: World['settings'] & Own['settings'];
  };

/**
 * A gateway's simulator. It stands in one list, `simulators.ts`; keys, settings, environment, control and the server are
 * made from it.
 */
export interface Gateway<Own extends Parts> {
  /** The product's own interface calls it so. */
  readonly name: Own['name'];
  readonly label: string;
  /** A request is for the gateway with the longest of these that its path begins with. */
  readonly paths: readonly string[];
  readonly pairNames: readonly Own['pairName'][];
  /** Everyone's keys and numbers here, from RSA key pairs of the names above. `stranger` signs where a signature has to be wrong. */
  keysOf(pairs: Record<Own['pairName'] | 'stranger', KeyPair>): Own['keys'];
  /** As they are by default. */
  readonly settings: Own['settings'];
  /** With which the product talks to this gateway at `url`. */
  env(keys: Record<Own['key'], Own['keys']>, url: string): Record<Own['variable'], string>;
  /** Without any order. */
  emptyLedger(): Own['ledger'];
  understand(world: GatewayWorld<Own>, request: WireRequest): Call;
  /** The order as it is now, or null when this gateway does not know it. */
  find(world: GatewayWorld<Own>, orderNo: string): SimulatedOrder | null;
  /** Whether a refund that the merchant asked for by a number has been accepted and has not moved the money yet. */
  isRefundUnderWay(world: GatewayWorld<Own>, orderNo: string): boolean;
  /** A customer opens what the merchant has signed; the order's number. Throws where that cannot be opened. */
  open?(world: GatewayWorld<Own>, link: string): string;
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
