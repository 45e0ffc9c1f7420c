import type { WireRequest } from '../exchange/wire.ts';
import type { JsonObject } from '../format/json-object.ts';
import type { KeyPair } from '../format/pem.ts';
import type { Message } from '../notify/notifier.ts';
import type { OrderSnapshot } from '../snapshot.ts';
import type { World } from '../world.ts';
import type { Call } from './call.ts';

/** The types that differ from gateway to gateway. */
interface Parts {
  /** The property of its keys and its ledger in the world. */
  key: string;
  name: string;
  /** Names of its RSA key pairs. */
  pairName: string;
  /** Keys and account numbers of merchant and platform. */
  keys: object;
  ledger: { orders: Map<string, unknown> };
  settings: object;
  variable: string;
}

/** The part of the world that one gateway uses. */
export type GatewayWorld<Own extends Parts> = Omit<World, 'keys' | 'settings'> &
  Record<Own['key'], Own['ledger']> & {
    keys: World['keys'] & Record<Own['key'], Own['keys']>;
    settings: World['settings'] & Own['settings'];
  };

/**
 * A gateway's simulator. Listed in `simulators.ts`, from which keys, settings, environment, control and the server are
 * built.
 */
export interface Gateway<Own extends Parts> {
  /** Its name in the product's interface. */
  readonly name: Own['name'];
  readonly label: string;
  /** Path prefixes. A request goes to the gateway with the longest match. */
  readonly paths: readonly string[];
  readonly pairNames: readonly Own['pairName'][];
  /** Builds the keys from RSA key pairs of the names above. `stranger` signs where a signature must be wrong. */
  keysOf(pairs: Record<Own['pairName'] | 'stranger', KeyPair>): Own['keys'];
  /** The defaults. */
  readonly settings: Own['settings'];
  /** The product's environment variables for this gateway at `url`. */
  env(keys: Record<Own['key'], Own['keys']>, url: string): Record<Own['variable'], string>;
  /** Without orders. */
  emptyLedger(): Own['ledger'];
  understand(world: GatewayWorld<Own>, request: WireRequest): Call;
  /** The current order, or null if this gateway does not have it. */
  find(world: GatewayWorld<Own>, orderNo: string): SimulatedOrder | null;
  /** Whether a refund that the merchant requested is accepted, but the money has not moved yet. */
  isRefundPending(world: GatewayWorld<Own>, orderNo: string): boolean;
  /** A customer opens a link that the merchant has signed. Returns the order number; throws if it cannot be opened. */
  open?(world: GatewayWorld<Own>, link: string): string;
  readonly forgery: {
    /** The error code for an unknown order. */
    readonly unknownOrder: string;
    /** The false content of an unsigned query answer; null if the answer has no order. */
    claim(body: JsonObject, forged: 'paid' | 'closed'): JsonObject | null;
  };
}

/** Actions on an order outside the merchant's API. Each throws if the gateway does not allow it. */
export interface SimulatedOrder {
  describe(): OrderSnapshot;
  scan(): void;
  beginPay(): void;
  finishPay(ok: boolean): void;
  /** A refund from the back office. */
  addRefund(refundNo: string, amountFen: number): void;
  /** Paid, and no longer refundable. */
  finish?(): void;
  /** Turns an unpaid order into a code payment that begins now. */
  codePay?(): void;
  /** A correctly signed notification of a second payment, made now, of `amountFen` if given. Null: the order has none. */
  otherPayment(amountFen?: number): Message | null;
  /** A correctly signed notification whose fields contradict each other. */
  doubtfulPayment(): Message | null;
}
