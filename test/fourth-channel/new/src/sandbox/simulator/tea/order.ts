import { createHmac } from 'node:crypto';
import type { SimulatedOrder } from '../gateway/gateway.ts';
import { change } from '../gateway/versioned.ts';
import type { Message } from '../notify/notifier.ts';
import { NotPayable } from '../snapshot.ts';
import { nowMs } from '../world.ts';
import type { TeaOrder, World } from './world.ts';

const RETRY_MS = [60_000, 600_000];

export function signatureOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** Tea Pay's view of an order. */
export function messageOf(order: TeaOrder): object {
  const { orderNo, state, amountFen, tradeNo, paidAt } = order;
  return { orderNo, state, amountFen, tradeNo, paidAt: paidAt === null ? null : new Date(paidAt) };
}

/** Actions on an order at Tea Pay, outside the merchant's API. */
export function findSimulated(world: World, orderNo: string): SimulatedOrder | null {
  const entry = world.tea.orders.get(orderNo);
  if (entry === undefined) return null;
  const isPayable = () => entry.current.state === 'UNPAID' && nowMs(world) <= entry.current.expiresAt;
  const paid = () => ({ tradeNo: `T${world.nextId()}`, paidAt: nowMs(world) });
  function scan(): void {
    if (!isPayable()) throw new NotPayable(orderNo, `it is ${entry?.current.state}`);
  }
  return {
    describe() {
      const order = entry.current;
      return {
        channel: 'tea_pay',
        orderNo,
        kind: 'qrcode',
        state: order.state,
        payable: order.state === 'PAYING' || isPayable(),
        paying: order.state === 'PAYING',
        amountFen: order.amountFen,
        refundedFen: order.state === 'REFUNDED' ? order.amountFen : 0,
        code: `tea://${orderNo}`,
        notifyUrl: order.notifyUrl,
        tradeNo: order.tradeNo,
        createdAt: new Date(order.createdAt),
        expiresAt: new Date(order.expiresAt),
        paidAt: order.paidAt === null ? null : new Date(order.paidAt),
      };
    },
    scan,
    beginPay() {
      scan();
      change(entry, nowMs(world), { state: 'PAYING' });
    },
    finishPay(ok) {
      if (entry.current.state !== 'PAYING') throw new NotPayable(orderNo, 'no payment in progress');
      const patch = ok ? ({ state: 'PAID', ...paid() } as const) : ({ state: 'UNPAID' } as const);
      const order = change(entry, nowMs(world), patch);
      if (ok) world.notifier.send(notification(world, order));
    },
    addRefund: () => void change(entry, nowMs(world), { state: 'REFUNDED' }),
    otherPayment: (amountFen = entry.current.amountFen) =>
      notification(world, { ...entry.current, ...paid(), state: 'PAID', amountFen }),
    doubtfulPayment: () => null,
  };
}

function notification(world: World, order: TeaOrder): Message {
  const text = JSON.stringify(messageOf(order));
  return {
    id: order.tradeNo ?? order.orderNo,
    channel: 'tea_pay',
    orderNo: order.orderNo,
    url: order.notifyUrl,
    retryAfterMs: RETRY_MS,
    accepted: (status, body) => status === 200 && body === 'ok',
    compose(fault) {
      const secret = fault === 'badSignature' ? 'of a stranger' : world.keys.tea.secret;
      const headers = { 'content-type': 'application/json', 'x-tea-signature': signatureOf(text, secret) };
      return { headers, body: Buffer.from(fault === 'tamper' ? `${text} ` : text) };
    },
  };
}
