import { receiveNotification } from '../../../../src/order/payment/receive-notification.ts';
import type { Life, Move } from '../life/life.ts';

/** Merchant staff in the channel's back office, customers who pay twice or a wrong amount, and forgers. */
export function outsiderMoves(life: Life): Move[] {
  const { weights, witness, outsiders, lane } = life;
  const order = life.snapshot();
  if (order === null) return [];
  const moves: Move[] = [];
  const { row } = witness;
  const leftFen = order.paidAt === null ? 0 : order.amountFen - order.refundedFen;
  if (leftFen > 0) moves.push({ weight: 0.15 * weights.refund, run: () => refund(life, leftFen) });
  if (order.notifyUrl === null) return moves;
  const isPaidHere = (row()?.paidAt ?? row()?.latePaidAt ?? null) !== null;
  if (isPaidHere && outsiders.secondPayments === 0)
    moves.push({ weight: 0.15 * weights.claim, run: () => payAgain(life) });
  if (outsiders.otherAmounts === 0)
    moves.push({ weight: 0.06 * weights.claim, run: () => payOther(life, order.amountFen) });
  if (outsiders.claims === 0) moves.push({ weight: 0.15 * weights.claim, run: () => claimPaid(life) });
  const forged = lane.simulator.claims.forge(order.orderNo);
  if (forged !== null)
    moves.push({
      weight: 0.15 * weights.forge,
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

/** Refunds the order in the back office, in full or in part. */
export async function refund(life: Life, leftFen: number): Promise<void> {
  const { dice, outsiders, lane } = life;
  const orderNo = lane.orderNo() ?? '';
  const fen = leftFen === 1 || dice.chance(0.5) ? leftFen : dice.int(1, leftFen - 1);
  outsiders.refundedFen += fen;
  await life.outside(`the back office refunds ${fen} fen`, () => lane.simulator.control.refund(orderNo, fen));
}

async function payAgain(life: Life): Promise<void> {
  const { outsiders, lane } = life;
  outsiders.secondPayments += 1;
  await life.outside('a customer pays a second time', async () => {
    lane.simulator.claims.notifyOther(lane.orderNo() ?? '');
  });
}

async function payOther(life: Life, amountFen: number): Promise<void> {
  const { outsiders, lane, dice } = life;
  const fen = amountFen > 1 && dice.chance(0.5) ? dice.int(1, amountFen - 1) : amountFen + dice.int(1, 100);
  outsiders.otherAmounts += 1;
  await life.outside(`a customer pays ${fen} fen`, async () => {
    lane.simulator.claims.notifyOther(lane.orderNo() ?? '', fen);
  });
}

async function claimPaid(life: Life): Promise<void> {
  const { outsiders, lane } = life;
  outsiders.claims += 1;
  await life.outside('the channel notifies of what is no payment', async () => {
    lane.simulator.claims.notifyDoubt(lane.orderNo() ?? '');
  });
}

/** Header names as Node's HTTP server gives them. */
function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
