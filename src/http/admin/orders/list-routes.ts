import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { orderStatuses, pendingReasons } from '../../../order/order.ts';
import type { StuckFilter } from '../../../order/store/stuck-store.ts';
import type { CloseRecordsFilter, CloseRecordView } from '../../../view/orders/close-records.ts';
import type { OrderDetailView } from '../../../view/orders/order-detail.ts';
import type { OrderView } from '../../../view/orders/order-row.ts';
import { orderStates } from '../../../view/orders/order-state.ts';
import type { OrdersFilter } from '../../../view/orders/orders.ts';
import type { StuckView } from '../../../view/orders/stuck.ts';
import type { ViolationView } from '../../../view/orders/violations.ts';
import type { Cursor, Page } from '../../../view/page.ts';
import type {
  CloseRecordRow,
  Figures,
  LateList,
  OrderDetail,
  OrderRow,
  Page as PageSent,
  StuckRow,
  ViolationRow,
} from '../api.ts';
import { allow, Problem } from '../auth/signed-in.ts';
import { afterId, channel, cursor, limit, orderNoForm, readRequest, search } from '../read-request.ts';
import type { Unsent } from '../unsent.ts';
import { createTurns } from './turns.ts';

/** What people look at. Each throws only when the database cannot be reached. */
export interface OrderLists {
  listOrders(filter: OrdersFilter, page: { limit: number; after: Cursor | null }): Promise<Page<OrderView>>;
  readOrder(orderNo: string): Promise<OrderDetailView | null>;
  listCloseRecords(
    filter: CloseRecordsFilter,
    page: { limit: number; after: string | null },
  ): Promise<Page<CloseRecordView>>;
  listStuck(filter: StuckFilter, page: { limit: number; after: Cursor | null }): Promise<Page<StuckView>>;
  listLate(): Promise<{ rows: OrderView[]; violations: number; policy: string }>;
  listViolations(page: { limit: number; after: string | null }): Promise<Page<ViolationView>>;
}

/** Lists that are read at once, of one process: the others who look need some of the few connections as well. */
const LISTS_AT_ONCE = 2;
const LISTS_WAITING = 50;
const ASK_AGAIN_MS = 2_000;

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const ordersQuery = z.object({
  search,
  status: z.enum(orderStatuses).optional(),
  channel: channel.optional(),
  state: z.enum(orderStates).optional(),
  createdFrom: moment.optional(),
  createdTo: moment.optional(),
  limit,
  after: cursor,
});
const word = z.string().max(20).optional();
const closeRecordsQuery = z.object({
  search,
  channel: channel.optional(),
  trigger: word,
  outcome: word,
  limit,
  after: afterId,
});
const violationsQuery = z.object({ limit, after: afterId });
const stuckQuery = z.object({
  channel: channel.optional(),
  reason: z.enum(pendingReasons).optional(),
  limit,
  after: cursor,
});

/** What everybody who has signed in may look at: GET /orders, /orders/:orderNo, /close-records, /stuck, /late, /violations, /figures. */
export function listRoutes(
  app: FastifyInstance,
  deps: OrderLists & { figures(): Promise<Unsent<Figures>> },
): void {
  const options = { preHandler: allow('viewer') };
  const turns = createTurns(LISTS_AT_ONCE, LISTS_WAITING);
  async function inTurn<T>(read: () => Promise<T>): Promise<T> {
    const done = await turns.take();
    if (done === null) throw new Problem(429, 'too_many', undefined, ASK_AGAIN_MS);
    try {
      return await read();
    } finally {
      done();
    }
  }

  app.get('/orders', options, async ({ query }): Promise<Unsent<PageSent<OrderRow>>> => {
    const { limit, after, ...filter } = readRequest(ordersQuery, query);
    return inTurn(() => deps.listOrders(filter, { limit, after }));
  });

  app.get<{ Params: { orderNo: string } }>(
    '/orders/:orderNo',
    options,
    async ({ params }): Promise<Unsent<OrderDetail>> => {
      const found = orderNoForm.test(params.orderNo)
        ? await inTurn(() => deps.readOrder(params.orderNo))
        : null;
      if (found === null) throw new Problem(404, 'not_found');
      return found;
    },
  );

  app.get('/close-records', options, async ({ query }): Promise<Unsent<PageSent<CloseRecordRow>>> => {
    const { limit, after, ...filter } = readRequest(closeRecordsQuery, query);
    return inTurn(() => deps.listCloseRecords(filter, { limit, after }));
  });

  app.get('/stuck', options, async ({ query }): Promise<Unsent<PageSent<StuckRow>>> => {
    const { limit, after, ...filter } = readRequest(stuckQuery, query);
    return inTurn(() => deps.listStuck(filter, { limit, after }));
  });

  app.get('/late', options, async (): Promise<Unsent<LateList>> => inTurn(() => deps.listLate()));

  app.get('/violations', options, async ({ query }): Promise<Unsent<PageSent<ViolationRow>>> => {
    const page = readRequest(violationsQuery, query);
    return inTurn(() => deps.listViolations(page));
  });

  app.get('/figures', options, async (): Promise<Unsent<Figures>> => deps.figures());
}
