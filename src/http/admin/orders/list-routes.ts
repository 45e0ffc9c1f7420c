import type { FastifyInstance } from 'fastify';
import pLimit from 'p-limit';
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
import type { Unserialized } from '../unserialized.ts';

/** The lists. Each throws only if the database is unavailable. */
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

/** Lists read at the same time in one process: the few connections also serve other readers. */
const LISTS_AT_ONCE = 2;
const LISTS_WAITING = 50;
const RETRY_AFTER_MS = 2_000;

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

/** For all signed-in users: GET /orders, /orders/:orderNo, /close-records, /stuck, /late, /violations, /figures. */
export function listRoutes(
  app: FastifyInstance,
  deps: OrderLists & { figures(): Promise<Unserialized<Figures>> },
): void {
  const options = { preHandler: allow('viewer') };
  const inTurn = pLimit(LISTS_AT_ONCE);
  async function limited<T>(read: () => Promise<T>): Promise<T> {
    if (inTurn.pendingCount >= LISTS_WAITING) throw new Problem(429, 'too_many', undefined, RETRY_AFTER_MS);
    return inTurn(read);
  }

  app.get('/orders', options, async ({ query }): Promise<Unserialized<PageSent<OrderRow>>> => {
    const { limit, after, ...filter } = readRequest(ordersQuery, query);
    return limited(() => deps.listOrders(filter, { limit, after }));
  });

  app.get<{ Params: { orderNo: string } }>(
    '/orders/:orderNo',
    options,
    async ({ params }): Promise<Unserialized<OrderDetail>> => {
      const found = orderNoForm.test(params.orderNo)
        ? await limited(() => deps.readOrder(params.orderNo))
        : null;
      if (found === null) throw new Problem(404, 'not_found');
      return found;
    },
  );

  app.get('/close-records', options, async ({ query }): Promise<Unserialized<PageSent<CloseRecordRow>>> => {
    const { limit, after, ...filter } = readRequest(closeRecordsQuery, query);
    return limited(() => deps.listCloseRecords(filter, { limit, after }));
  });

  app.get('/stuck', options, async ({ query }): Promise<Unserialized<PageSent<StuckRow>>> => {
    const { limit, after, ...filter } = readRequest(stuckQuery, query);
    return limited(() => deps.listStuck(filter, { limit, after }));
  });

  app.get('/late', options, async (): Promise<Unserialized<LateList>> => limited(() => deps.listLate()));

  app.get('/violations', options, async ({ query }): Promise<Unserialized<PageSent<ViolationRow>>> => {
    const page = readRequest(violationsQuery, query);
    return limited(() => deps.listViolations(page));
  });

  app.get('/figures', options, async (): Promise<Unserialized<Figures>> => deps.figures());
}
