import type { ChannelPayment, NotificationReply } from '../../../../src/channel/channel.ts';
import { isIn } from '../../../../src/order/lifecycle.ts';
import type { PaymentOrder } from '../../../../src/order/order.ts';
import { ChannelNotificationEntity, RefundEntity } from '../../../../src/order/store/entities.ts';
import { LEASE_MS } from '../../../../src/order/store/lease-keeper.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { Lane } from '../life/lane.ts';
import type { Mail } from '../world/inbox.ts';
import type { Outsiders } from '../world/outsiders-record.ts';
import type { Operation } from '../world/stepper.ts';
import { accuseAnswer, accusePromise } from './accuse-answer.ts';
import { accuseRow } from './accuse-row.ts';
import { createLedger, type Ledger } from './ledger.ts';

/** So much later a timer may come back to an order that it found due and taken, ms: the rest of a lease, and a moment. */
const TAKEN_MS = LEASE_MS + 1_000;
/** A request to create an order is sent no later after its attempt is in the row, ms, wherever its process stood still. */
const CREATED_WITHIN_MS = 20_000;
/** Clocks may be so far apart, ms. */
const INSTANT_MS = 1_000;

/** Looks on after every event, and remembers what should not have been. */
export interface Witness {
  violations: string[];
  /** The row as it was last seen; null: there is none yet. */
  row(): PaymentOrder | null;
  /** Payments whose notification was acknowledged. */
  payments: ChannelPayment[];
  /** The operation has queried its channel, which showed this; null: it was not shown anything. */
  asked(operation: Operation, shown: OrderSnapshot | null): void;
  ledger: Ledger;
  /** A cancel was answered as done: the customer's money goes back, whenever it comes. */
  isCancelled(): boolean;
  /** Somebody asked for a cancel: from now on money may go back. */
  cancelAsked(): void;
  /** A person decides that late money pays the order again. */
  mayReopen(): void;
  /** Somebody asks for this use case. */
  began(useCase: string): void;
  /** It answered its caller. */
  outcome(useCase: string, outcome: unknown): Promise<void>;
  /** It threw, although the database was there. */
  threw(useCase: string, error: unknown): void;
  /** The order was created at its channel, this long after the time in its row, ms. */
  creating(ageMs: number): void;
  /** The operation asked for the order's lease, which it has if the row shows a new one. */
  triedLease(operation: Operation): void;
  /** The operation has ended its attempt, or given its lease back. */
  endedAttempt(operation: Operation): void;
  /** The operation is about to ask its channel for what only the holder of the order's lease may ask. */
  aboutToAsk(operation: Operation, what: string): void;
  /** The order's timer was set to `at`. */
  timerSet(at: Date): Promise<void>;
  /** Something happened after which a timer may be missing: only the sweep makes good. */
  timerMayBeLost(): void;
  /** We answered a notification. */
  answered(mail: Mail, reply: NotificationReply, how: 'whole' | 'tampered' | 'forged'): void;
  /** What we acknowledged is stored. */
  lookAtMail(): Promise<void>;
  /** The row became what it may become, by `writer`; `order` is the channel's side of it. */
  lookAtRow(order: OrderSnapshot | null, writer: Operation): Promise<void>;
  /** Nobody can pay an order that is closed and not watched (G2). */
  lookAtChannel(order: OrderSnapshot | null): void;
}

export function createWitness(lane: Lane, outsiders: Outsiders, note: (line: string) => void): Witness {
  const violations: string[] = [];
  const acknowledged: Mail[] = [];
  const payments: ChannelPayment[] = [];
  /** Who has been shown by its last query that the money of a payment, or some of it, had gone back. */
  const knowReturn = new Set<Operation>();
  let before: PaymentOrder | null = null;
  let wasPayable = false;
  let refundedByUs = 0;
  let isCancelAsked = false;
  let isEndAsked = false;
  let isCancelled = false;
  let mayReopen = false;
  /** A close that may send money back was begun; its timer continues that like a cancel. */
  let isReversed = false;
  /** The lease that the last event has freed, if it still ran. */
  let freed: string | null = null;
  const ledger = createLedger();
  let timerIsKept = true;
  /** Leases that the row has shown, and who got one. */
  const owners = new Map<string, Operation>();
  const holders = new Set<Operation>();
  /** Each moment at which the row has been due. */
  const dueTimes = new Set<number>();

  function accuse(violation: string): void {
    violations.push(violation);
    note(`VIOLATION: ${violation}`);
  }

  /** An acknowledged notification is in the database, now and not soon (G4). */
  async function isStored({ channel, raw }: Mail): Promise<boolean> {
    const parsed = lane.channels.get(channel)?.parseNotification(raw);
    if (parsed === undefined || parsed.kind === 'rejected') return false;
    const { eventId } = parsed;
    return (await lane.db.getRepository(ChannelNotificationEntity).countBy({ channel, eventId })) === 1;
  }

  /** Its money is a person's business now. */
  async function isRefused({ id }: PaymentOrder): Promise<boolean> {
    return (await lane.db.getRepository(RefundEntity).countBy({ orderId: id, state: 'refused' })) > 0;
  }

  /** A payment of the order's amount, and the order has none. */
  async function isUnapplied({ channel, raw }: Mail): Promise<boolean> {
    const parsed = lane.channels.get(channel)?.parseNotification(raw);
    const row = await load();
    if (parsed?.kind !== 'payment' || row === null) return false;
    const { paidAt, latePaidAt, amountFen } = row;
    return parsed.payment.amountFen === amountFen && paidAt === null && latePaidAt === null;
  }

  /** A charge may end by itself at its channel before that. Clocks may be an instant apart. */
  function isTooEarly({ status, method, expiresAt }: PaymentOrder, writer: Operation): boolean {
    const wasOpen = before?.status === 'progress' && before.ending === 'expiry' && method !== 'barcode';
    const isEarly = lane.clock.now().getTime() + INSTANT_MS < expiresAt.getTime();
    return wasOpen && status === 'close' && isEarly && !lane.processes.mayBelieveJump(writer);
  }

  /** The timer ends an order when its time is over, and a charge that was not answered is reversed. */
  function isUnasked({ ending, method, expiresAt }: PaymentOrder, writer: Operation): boolean {
    const isNew = before?.ending === 'expiry' && (ending === 'close' || ending === 'cancel');
    const isEarly = lane.clock.now().getTime() + INSTANT_MS < expiresAt.getTime();
    const mayBe = isEndAsked || method === 'barcode' || lane.processes.mayBelieveJump(writer);
    return isNew && isEarly && !mayBe;
  }

  async function load(): Promise<PaymentOrder | null> {
    const orderNo = lane.orderNo();
    const row = orderNo === null ? null : await lane.store.find(orderNo);
    if (row?.nextCloseAt) dueTimes.add(row.nextCloseAt.getTime());
    return row;
  }

  /** Money goes back because of a cancel, a late payment, or a close that reverses a charge; never otherwise. */
  function lookAtRefund(order: OrderSnapshot | null): void {
    const byUs = (order?.refundedFen ?? 0) - outsiders.refundedFen;
    const { latePaidAt } = before ?? {};
    const mayGoBack = isCancelAsked || isReversed || (latePaidAt ?? null) !== null;
    if (byUs > refundedByUs && !mayGoBack) accuse('money went back, and nobody had asked for it');
    refundedByUs = byUs;
  }

  /**
   * While nothing was killed or lost, the timer fires when the row is due, or before. Of two processes at once the later
   * may set it to what the row said a moment earlier; that is the sweep's to make good.
   */
  function lookAtTimer(): void {
    const atWork = new Set(lane.stepper.steps().map(({ operation }) => operation)).size;
    if (atWork > 1) timerIsKept = false;
    const isQuiet = atWork === 0 && timerIsKept && !lane.timer.isAway();
    if (!isQuiet || before === null || before.nextCloseAt === null || isIn('last_look', before)) return;
    const at = lane.timer.at();
    const latest = Math.max(before.nextCloseAt.getTime(), lane.clock.now().getTime() + TAKEN_MS);
    if (at !== null && at.getTime() <= latest) return;
    accuse(
      `due at ${iso(before.nextCloseAt)}, and its timer ${at === null ? 'is not set' : `fires at ${iso(at)}`}`,
    );
    timerIsKept = false;
  }

  return {
    violations,
    row: () => before,
    payments,
    asked(operation, shown) {
      const { fault } = lane.simulator.control.log().at(-1) ?? {};
      if (shown !== null && fault !== 'stale_read' && showsReturn(shown, outsiders))
        knowReturn.add(operation);
      else knowReturn.delete(operation);
    },
    ledger,
    isCancelled: () => isCancelled,
    cancelAsked() {
      isCancelAsked = true;
    },
    mayReopen() {
      mayReopen = true;
    },
    began(useCase) {
      if (/close|cancel/.test(useCase)) isEndAsked = true;
    },
    threw(useCase, error) {
      accuse(`${useCase} threw: ${error instanceof Error ? error.message : String(error)}`);
    },
    async outcome(useCase, outcome) {
      const row = await load();
      if (row === null) return;
      for (const wrong of accuseAnswer(outcome, row)) accuse(wrong);
      if ((outcome as { kind?: unknown } | null)?.kind === 'cancelled') isCancelled = true;
      for (const wrong of accusePromise(useCase, outcome, row)) accuse(wrong);
    },
    creating(ageMs) {
      // Where clocks have jumped, its row says another time.
      if (ageMs > CREATED_WITHIN_MS && !lane.processes.hasJumped())
        accuse(`created at the channel ${ageMs} ms after its row says`);
    },
    triedLease(operation) {
      const token = before?.leaseToken ?? null;
      if (token === null || owners.has(token)) return;
      owners.set(token, operation);
      holders.add(operation);
      for (const wrong of ledger.began(operation, before?.closeAttempts ?? 0)) accuse(wrong);
    },
    endedAttempt(operation) {
      const owner = owners.get(freed ?? '');
      if (owner !== undefined && owner !== operation && !lane.processes.hasJumped())
        accuse('a lease was taken from its holder');
    },
    aboutToAsk(operation, what) {
      ledger.asked(operation);
      const isEarly = before !== null && lane.clock.now() < before.expiresAt;
      const mayBe = isEndAsked || lane.processes.mayBelieveJump(operation);
      if (isEarly && !mayBe && what.endsWith('.close'))
        accuse('closed at the channel before its time, and nobody had asked for it');
      // A holder that has lost its lease meanwhile does not know it yet.
      if (!holders.has(operation)) accuse(`${what} by a process that never held the order`);
    },
    async timerSet(at) {
      const row = await load();
      if (row === null) accuse('a timer was set before its order was stored');
      else if (!dueTimes.has(at.getTime()))
        accuse(`a timer was set to ${iso(at)}, when the order is not due`);
    },
    timerMayBeLost() {
      timerIsKept = false;
    },
    answered(mail, reply, how) {
      const accepted = lane.channels.get(mail.channel)?.replies.accepted.body === reply.body;
      if (accepted && how !== 'whole') accuse(`a ${how} notification was acknowledged`);
      else if (accepted) acknowledged.push(mail);
      const parsed = accepted ? lane.channels.get(mail.channel)?.parseNotification(mail.raw) : undefined;
      if (parsed?.kind === 'payment') payments.push(parsed.payment);
    },
    async lookAtMail() {
      for (const mail of acknowledged.splice(0)) {
        if (!(await isStored(mail))) accuse('a notification was acknowledged before it was stored');
        else if (await isUnapplied(mail))
          accuse('a payment was acknowledged, and its order does not show it');
      }
    },
    async lookAtRow(order, writer) {
      const now = await load();
      if (now !== null) {
        if (isUnasked(now, writer))
          accuse('an end before its time is in the row, and nobody had asked for it');
        if (isTooEarly(now, writer)) accuse('closed before its deadline, and nobody had asked for it');
        const becamePaid =
          before?.status !== 'success' && now.status === 'success' && !isIn('giving_back', now);
        if (becamePaid && knowReturn.has(writer))
          accuse('success, although the channel had shown that the money went back');
        for (const wrong of accuseRow({
          before,
          now,
          order,
          policy: lane.deps.latePaymentPolicy,
          at: lane.processes.hasJumped() ? null : lane.clock.now(),
          isRefused: outsiders.refundedFen > 0 && (await isRefused(now)),
          mayReopen,
          isUnderWay: lane.simulator.control.isRefundPending(now.orderNo),
        }))
          accuse(wrong);
      }
      const isFreed =
        before?.leaseUntil != null && before.leaseUntil > lane.clock.now() && now?.leaseToken === null;
      freed = isFreed ? (before?.leaseToken ?? null) : null;
      before = now;
      if (now?.ending === 'reverse') isReversed = true;
    },
    lookAtChannel(order) {
      const isOver = before !== null && before.status !== 'progress' && before.watchUntil === null;
      const isPayable = isOver && order?.payable === true;
      if (isPayable && !wasPayable) accuse(`${before?.status}, while the channel takes money`);
      wasPayable = isPayable;
      lookAtRefund(order);
      lookAtTimer();
    },
  };
}

/**
 * Whether an answer to a query says that others have given money back: Alipay shows it once all of it has gone, WeChat Pay
 * also of a part, UnionPay never.
 */
function showsReturn({ channel, amountFen, refundedFen }: OrderSnapshot, outsiders: Outsiders): boolean {
  if (outsiders.refundedFen === 0 || channel === 'union_pay') return false;
  return channel === 'wechat_pay' || refundedFen === amountFen;
}

const iso = (at: Date) => at.toISOString();
