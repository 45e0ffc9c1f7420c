import { runDueOrder } from '../../../../src/order/due/run-due-order.ts';
import type { CreateOrder } from '../../../../src/order/outcomes.ts';
import { receiveNotification } from '../../../../src/order/payment/receive-notification.ts';
import { NotPayable, type OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';
import type { Dice } from '../../dice.ts';
import { createWitness, type Witness } from '../judge/witness.ts';
import type { Mail } from '../world/inbox.ts';
import { type MoveWeights, pickMoveWeights } from '../world/move-weights.ts';
import type { Outsiders } from '../world/outsiders-record.ts';
import type { Operation, Step } from '../world/stepper.ts';
import type { Lane } from './lane.ts';

/** How many faults were injected. */
export interface LifeCounts {
  faults: number;
  kills: number;
}

/** Something that may happen next; the heavier, the likelier. */
export interface Move {
  weight: number;
  run(): Promise<void>;
}

/**
 * One order's life. Each function lets one event happen and returns when everything has come to a stand again: so
 * the choice of events decides the whole life.
 */
export interface Life {
  lane: Lane;
  dice: Dice;
  request: CreateOrder;
  weights: MoveWeights;
  counts: LifeCounts;
  witness: Witness;
  outsiders: Outsiders;
  /** Notifications that the network may deliver once more. */
  copies: Mail[];
  note(line: string): void;
  snapshot(): OrderSnapshot | null;
  /** A use case begins, up to its first step. */
  begin(name: string, work: () => Promise<unknown>): Promise<void>;
  /** The order's timer fires in a worker. */
  fireTimer(): Promise<void>;
  step(step: Step, how?: 'go' | 'late'): Promise<void>;
  /** The oldest request that was given up takes effect. */
  landLate(): Promise<void>;
  kill(operation: Operation): Promise<void>;
  /** A customer acts, if the gateway lets them. */
  customer(act: string, work: () => Promise<unknown>): Promise<void>;
  /** Somebody else acts at the gateway. */
  outside(what: string, work: () => Promise<unknown>): Promise<void>;
  /** The oldest notification on its way reaches us, or does not. */
  deliver(how: 'whole' | 'tampered' | 'lost'): Promise<void>;
  replay(mail: Mail): Promise<void>;
  passTime(until: Date): Promise<void>;
}

/** What changes an order at its channel. */
const forHolders = /^\w+_pay\.(close|refund)$/;
/** What only gives its own lease back. */
const endsAttempt = /^store\.(releaseLease|endAttempt|postponeAttempt)$/;
/** A process paused for longer is considered dead and killed, ms; for some orders it resumes after minutes. */
const HANGS_MS = [40_000, 40_000, 600_000];
/** A request that was given up is on its way for no longer, ms. The product's margins allow for it. */
const ON_ITS_WAY_MS = 15_000;

export function beginLife(lane: Lane, dice: Dice, request: CreateOrder, write: (line: string) => void): Life {
  const { clock, processes, stepper, timer, inbox, simulator } = lane;
  const { control } = simulator;
  const began = clock.now().getTime();
  const counts = { faults: 0, kills: 0 };
  const hangsMs = dice.pick(HANGS_MS);
  const copies: Mail[] = [];
  /** Who has to know when an operation dies. */
  const widows = new Map<Operation, () => void>();
  let answered = 0;
  let rung = 0;

  function note(line: string): void {
    const at = ((clock.now().getTime() - began) / 1000).toFixed(3);
    const orderNo = lane.orderNo();
    write(`+${at}s ${orderNo === null ? line : line.replaceAll(orderNo, 'ORDER')}`);
  }
  const outsiders: Outsiders = { refundedFen: 0, secondPayments: 0, otherAmounts: 0, claims: 0 };
  const witness = createWitness(lane, outsiders, note);
  timer.onSet(witness.timerSet);

  function snapshot(): OrderSnapshot | null {
    const orderNo = lane.orderNo();
    return orderNo === null ? null : control.order(orderNo);
  }

  /** Every notification that the event has caused has arrived, the gateway knows how the last one was answered. */
  async function settle(writer: Operation | null = null): Promise<void> {
    const order = snapshot();
    const sent = order !== null && order.paidAt !== null && order.notifyUrl !== null ? 1 : 0;
    await inbox.arrived(sent + outsiders.secondPayments + outsiders.otherAmounts + outsiders.claims + rung);
    if (answered > 0 && order !== null) {
      await control.notifications.delivered(order.orderNo, { count: answered });
    }
    await witness.lookAtMail();
    if (writer !== null) await witness.lookAtRow(order, writer);
    witness.lookAtChannel(order);
  }

  async function begin(name: string, work: () => Promise<unknown>): Promise<Operation> {
    const operation = await stepper.start(name, work);
    await settle();
    return operation;
  }

  async function kill(operation: Operation): Promise<void> {
    counts.kills += 1;
    witness.timerMayBeLost();
    stepper.kill(operation);
    if (!operation.isDone) widows.get(operation)?.();
    await settle();
  }

  return {
    lane,
    dice,
    request,
    weights: pickMoveWeights(dice),
    counts,
    witness,
    outsiders,
    copies,
    note,
    snapshot,
    async begin(name, work) {
      witness.began(name);
      await begin(name, async () => {
        const outcome = await work().catch((error: unknown) => {
          witness.threw(name, error);
          throw error;
        });
        await lane.stepper.moving(() => witness.outcome(name, outcome));
        return outcome;
      });
    },
    async fireTimer() {
      const orderNo = lane.orderNo() ?? '';
      const kind = dice.chance(0.8) ? 'timeout' : 'sweep';
      timer.take();
      const job = await begin('timer', async () => {
        const next = await runDueOrder(lane.deps, orderNo, { kind, actor: null, clientIp: null });
        timer.giveBack(next.kind === 'at' ? next.at : next.kind === 'channel_down' ? next.until : null);
        return next;
      });
      widows.set(job, () => timer.abandon());
    },
    async step(step, how = 'go') {
      if (how === 'late') counts.faults += 1;
      if (step.moment === 'before' && forHolders.test(step.what))
        witness.aboutToAsk(step.operation, step.what);
      const isQuery = step.moment === 'before' && step.what.endsWith('_pay.query');
      const shown = snapshot();
      await stepper.go(step, how);
      if (isQuery) witness.asked(step.operation, how === 'go' ? shown : null);
      const isWrite = step.moment === 'before' && step.what.startsWith('store.');
      await settle(isWrite ? step.operation : null);
      if (step.moment === 'before' && step.what === 'store.takeLease') witness.triedLease(step.operation);
      if (step.moment === 'before' && endsAttempt.test(step.what)) witness.endedAttempt(step.operation);
    },
    async landLate() {
      const [request] = stepper.late();
      if (request !== undefined) await stepper.land(request);
      await settle();
    },
    kill,
    async customer(act, work) {
      const outcome = await work().then(
        () => 'done',
        (error: unknown) => {
          if (error instanceof NotPayable) return 'not payable';
          throw error;
        },
      );
      note(`customer: ${act}: ${outcome}`);
      await settle();
    },
    async outside(what, work) {
      note(what);
      await work();
      await settle();
    },
    async deliver(how) {
      const arrival = inbox.waiting.shift();
      if (arrival === undefined) return;
      copies.push(arrival);
      const lose = () => {
        answered += 1;
        arrival.lose();
      };
      if (how !== 'whole') counts.faults += 1;
      if (how === 'lost') {
        note('notification lost on its way');
        lose();
        return settle();
      }
      const mail = how === 'tampered' ? tampered(arrival, dice) : arrival;
      const operation = await begin(`${how} notification`, async () => {
        const reply = await receiveNotification(lane.deps, mail.channel, mail.raw);
        if (reply === null) return lose();
        witness.answered(mail, reply, how);
        answered += 1;
        arrival.answer(reply);
        return reply.status;
      });
      widows.set(operation, lose);
    },
    async replay(mail) {
      counts.faults += 1;
      await begin('notification again', async () => {
        const reply = await receiveNotification(lane.deps, mail.channel, mail.raw);
        if (reply !== null) witness.answered(mail, reply, 'whole');
        return reply?.status;
      });
    },
    async passTime(until) {
      for (const request of stepper.late()) {
        if (request.sentAt.getTime() + ON_ITS_WAY_MS < until.getTime()) await stepper.land(request);
      }
      for (const operation of new Set(stepper.steps().map((step) => step.operation))) {
        if (operation.startedAt.getTime() + hangsMs < until.getTime()) await kill(operation);
      }
      const living = () => new Set(stepper.steps().map((step) => step.operation));
      for (const beat of processes.beatsUntil(until)) {
        rung += clock.advanceTo(beat);
        await processes.beat(living());
      }
      rung += clock.advanceTo(until);
      await processes.measure();
      note('time passes');
      await settle();
    },
  };
}

/**
 * One byte of what was signed is another. Alipay does not sign its last two parameters, and the last characters of a
 * signature in base64 have bits that mean nothing.
 */
function tampered({ channel, raw }: Mail, dice: Dice): Mail {
  const body = Buffer.from(raw.body);
  const text = body.toString('latin1');
  const unsignedFrom = text.indexOf('&sign_type=');
  const signature = /(?:^|&)signature=[^&]*/.exec(text);
  const signatureEnds = signature === null ? -1 : signature.index + signature[0].length;
  const places = Array.from({ length: unsignedFrom < 0 ? text.length : unsignedFrom }, (_, place) => place);
  const place = dice.pick(places.filter((at) => at < signatureEnds - 12 || at >= signatureEnds));
  body[place] = (body[place] ?? 0) ^ 1;
  return { channel, raw: { ...raw, body } };
}
