import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

const SECRET = 'mall secret';

const callSchema = z.object({
  merchantNo: z.literal('M1'),
  orderNo: z.string(),
  amountFen: z.int().optional(),
});

interface MallOrder {
  state: 'UNPAID' | 'PAID' | 'CLOSED' | 'REFUNDED';
  amountFen: number;
  paidAt: string | null;
}

/** The gateway of the documentation's custom channel, with a customer and outages. */
export async function openMallGateway() {
  const orders = new Map<string, MallOrder>();
  const calls: string[] = [];
  let isDown = false;
  const sign = (body: string | Buffer) => createHmac('sha256', SECRET).update(body).digest('hex');
  const message = (orderNo: string, order: MallOrder) => ({ orderNo, tradeNo: `T${orderNo}`, ...order });

  function answer(path: string, body: Buffer): object {
    const { orderNo, amountFen } = callSchema.parse(JSON.parse(body.toString()));
    const order = orders.get(orderNo);
    if (path === '/create') {
      orders.set(orderNo, order ?? { state: 'UNPAID', amountFen: amountFen ?? 0, paidAt: null });
      return { state: 'UNPAID', payUrl: `mall://pay/${orderNo}` };
    }
    if (order === undefined) return { state: 'NONE' };
    if (path === '/close' && order.state === 'UNPAID') order.state = 'CLOSED';
    if (path === '/refund' && order.state === 'PAID') order.state = 'REFUNDED';
    return message(orderNo, order);
  }

  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await buffer(request);
    calls.push(path);
    if (isDown || request.headers['x-signature'] !== sign(body)) return response.writeHead(502).end('<html>');
    const text = JSON.stringify(answer(path, body));
    return response.writeHead(200, { 'x-signature': sign(text) }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    options: { baseUrl: `http://127.0.0.1:${address.port}`, merchantNo: 'M1', secret: SECRET, notifyUrl: '' },
    orders,
    calls,
    down: (down: boolean) => {
      isDown = down;
    },
    /** The customer pays; returns the notification that the gateway sends to the shop. */
    pay(orderNo: string) {
      const order = orders.get(orderNo);
      if (order === undefined) throw new Error('no such order');
      Object.assign(order, { state: 'PAID', paidAt: new Date().toISOString() });
      const body = Buffer.from(JSON.stringify({ eventId: `E${orderNo}`, ...message(orderNo, order) }));
      return { headers: { 'x-signature': sign(body) }, body };
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
