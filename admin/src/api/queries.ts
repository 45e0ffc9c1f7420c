import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  AuditRow,
  CloseRecordRow,
  CloseRecordsQuery,
  Figures,
  LateList,
  OrderDetail,
  OrderRow,
  OrdersQuery,
  Page,
  StuckQuery,
  StuckRow,
  ViolationRow,
} from '../../../src/http/admin/api.ts';
import { everyMs } from './query-client.ts';
import { fetchMe, get } from './request.ts';

/** The page's queries, each with the key by which live events invalidate it. */

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: fetchMe,
  staleTime: 60_000,
  refetchInterval: everyMs(300_000),
});

export const figuresQuery = queryOptions({
  queryKey: ['figures'],
  queryFn: () => get<Figures>('/figures'),
  // Also without events: time passes, processes disappear.
  refetchInterval: everyMs(15_000),
});

export const orderQuery = (orderNo: string) =>
  queryOptions({
    queryKey: ['order', orderNo],
    queryFn: () => get<OrderDetail>(`/orders/${encodeURIComponent(orderNo)}`),
  });

export const ordersQuery = (query: OrdersQuery) => pages<OrderRow>('orders', '/orders', query);
export const recordsQuery = (query: CloseRecordsQuery) =>
  pages<CloseRecordRow>('records', '/close-records', query);
export const auditQuery = (query: { actor?: string; subject?: string }) =>
  pages<AuditRow>('audit', '/audit', query);

export const stuckQuery = (query: StuckQuery) => pages<StuckRow>('stuck', '/stuck', query);

export const lateQuery = queryOptions({
  queryKey: ['late'],
  queryFn: () => get<LateList>('/late'),
  refetchInterval: everyMs(30_000),
});

export const violationsQuery = pages<ViolationRow>('violations', '/violations', { limit: 20 });

/** A paged list. */
export type PagedQuery<Row> = ReturnType<typeof pages<Row>>;

function pages<Row>(key: string, path: string, query: object) {
  return infiniteQueryOptions({
    queryKey: [key, query],
    queryFn: ({ pageParam }) => get<Page<Row>>(path, { ...query, after: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}
