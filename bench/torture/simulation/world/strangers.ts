import { receiveNotification } from '../../../../src/order/payment/receive-notification.ts';
import type { Life } from '../life/life.ts';
import type { Move } from '../life/moves.ts';

/** What others have done to the order's money, about which nobody here was asked. */
export interface Strangers {
  /** Given back in the channel's back office. */
  refundedFen: number;
  /** Rightly signed notifications of payments that the gateway's order does not show. */
  secondPayments: number;
  otherAmounts: number;
  /** Of none: rightly signed, and they contradict themselves. */
  doubts: number;
}

/** The merchant's people in the channel's back office, customers who pay otherwise than they were asked, and forgers. */
export function strangerMoves(life: Life): Move[] {
  const { temper, witness, strangers, lane } = life;
  const order = life.snapshot();
  if (order === null) return [];
  const moves: Move[] = [];
  const { row } = witness;
  const leftFen = order.paidAt === null ? 0 : order.amountFen - order.refundedFen;
  if (leftFen > 0) moves.push({ weight: 0.15 * temper.refund, run: () => refund(life, leftFen) });
  if (order.notifyUrl === null) return moves;
  const isPaidHere = (row()?.paidAt ?? row()?.latePaidAt ?? null) !== null;
  if (isPaidHere && strangers.secondPayments === 0)
    moves.push({ weight: 0.15 * temper.claim, run: () => payAgain(life) });
  if (strangers.otherAmounts === 0)
    moves.push({ weight: 0.06 * temper.claim, run: () => payOther(life, order.amountFen) });
  if (strangers.doubts === 0) moves.push({ weight: 0.15 * temper.claim, run: () => raiseDoubt(life) });
  const forged = lane.simulator.claims.forge(order.orderNo);
  if (forged !== null)
    moves.push({
      weight: 0.15 * temper.forge,
      async run() {
        life.counts.faults += 1;
        const raw = { headers: lowerCased(forged.headers), body: forged.body };
        const mail = { channel: life.request.channel, raw };
        await life.begin('forged notification', async () => {
          const reply = await receiveNotification(lane.deps, mail.channel, mail.raw);
          if (reply !== null) witness.answered(mail, reply, 'forged');
          return reply?.status;
        });
      },
    });
  return moves;
}

/** All of it, or a part. */
export async function refund(life: Life, leftFen: number): Promise<void> {
  const { dice, strangers, lane } = life;
  const orderNo = lane.orderNo() ?? '';
  const fen = leftFen === 1 || dice.chance(0.5) ? leftFen : dice.int(1, leftFen - 1);
  strangers.refundedFen += fen;
  await life.outside(`the back office refunds ${fen} fen`, () => lane.simulator.control.refund(orderNo, fen));
}

async function payAgain(life: Life): Promise<void> {
  const { strangers, lane } = life;
  strangers.secondPayments += 1;
  await life.outside('a customer pays a second time', async () => {
    lane.simulator.claims.notifyOther(lane.orderNo() ?? '');
  });
}

async function payOther(life: Life, amountFen: number): Promise<void> {
  const { strangers, lane, dice } = life;
  const fen = amountFen > 1 && dice.chance(0.5) ? dice.int(1, amountFen - 1) : amountFen + dice.int(1, 100);
  strangers.otherAmounts += 1;
  await life.outside(`a customer pays ${fen} fen`, async () => {
    lane.simulator.claims.notifyOther(lane.orderNo() ?? '', fen);
  });
}

async function raiseDoubt(life: Life): Promise<void> {
  const { strangers, lane } = life;
  strangers.doubts += 1;
  await life.outside('the channel notifies of what is no payment', async () => {
    lane.simulator.claims.notifyDoubt(lane.orderNo() ?? '');
  });
}

/** As a server sees them. */
function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
