import { type InfiniteData, type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { LiveEvent, OrderDetail, OrderRow, Page } from '../../../src/http/admin/api.ts';

/** How long changes are batched before dependent data is fetched again, ms. */
const BATCH_MS = 1_500;
/** Delay before a connection that the browser has given up is reopened, ms. */
const REOPEN_MS = 5_000;
/** The queries that a changed order may affect, besides its own row. */
const orderQueries = ['orders', 'stuck', 'late', 'violations', 'records'];

/**
 * Follows `/admin/api/events` with one connection for the whole page. A changed order is updated at once in every list that
 * shows it; dependent data is fetched again, at most once per `BATCH_MS` and only if it is on the screen. After a lost
 * connection everything is fetched again, because events may have been missed.
 *
 * Returns whether the page is live, or what it is waiting for.
 */
export function useLiveEvents(): 'live' | 'connection' | 'database' {
  const client = useQueryClient();
  const [isLive, setLive] = useState(true);
  const [isAway, setAway] = useState(false);

  useEffect(() => {
    const stale = new Set<string>();
    let source: EventSource;
    let wasLost = false;
    let batching: ReturnType<typeof setTimeout> | undefined;
    let reopening: ReturnType<typeof setTimeout> | undefined;

    const invalidate = (...keys: string[]) => {
      for (const key of keys) stale.add(key);
      batching ??= setTimeout(() => {
        batching = undefined;
        for (const key of stale) void client.invalidateQueries({ queryKey: [key], predicate: isOnFirstPage });
        stale.clear();
      }, BATCH_MS);
    };

    const onEvent = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as LiveEvent;
      if (event.type === 'figures') return invalidate('figures');
      if (event.type === 'database') {
        setAway(event.isAway);
        if (!event.isAway) void client.invalidateQueries();
        return;
      }
      if (event.type === 'missed') return invalidate('figures', 'order', ...orderQueries);
      const { order } = event;
      client.setQueriesData<Lists>({ queryKey: ['orders'] }, (lists) => withRow(lists, order));
      client.setQueryData<OrderDetail>(
        ['order', order.orderNo],
        (detail) => detail && withOrder(detail, order),
      );
      void client.invalidateQueries({ queryKey: ['order', order.orderNo] });
      invalidate(...orderQueries);
    };

    const open = () => {
      source = new EventSource('/admin/api/events');
      source.onmessage = onEvent;
      source.onopen = () => {
        setLive(true);
        // If it is away, the first event says so.
        setAway(false);
        if (wasLost) void client.invalidateQueries();
        wasLost = false;
      };
      source.onerror = () => {
        wasLost = true;
        setLive(false);
        if (source.readyState !== EventSource.CLOSED) return;
        // The server refused the connection: the session may have ended.
        void client.invalidateQueries({ queryKey: ['me'] });
        reopening = setTimeout(open, REOPEN_MS);
      };
    };

    open();
    return () => {
      source.close();
      clearTimeout(batching);
      clearTimeout(reopening);
    };
  }, [client]);

  if (!isLive) return 'connection';
  return isAway ? 'database' : 'live';
}

/** A list with more than one loaded page is being read: only its rows are updated, it is not fetched again. */
function isOnFirstPage({ state }: Query): boolean {
  const { pages } = (state.data ?? {}) as { pages?: unknown[] };
  return pages === undefined || pages.length <= 1;
}

type Lists = InfiniteData<Page<OrderRow>>;

function withRow(lists: Lists | undefined, order: OrderRow): Lists | undefined {
  if (lists === undefined) return undefined;
  const replace = (row: OrderRow) => (row.orderNo === order.orderNo ? order : row);
  return { ...lists, pages: lists.pages.map((page) => ({ ...page, rows: page.rows.map(replace) })) };
}

function withOrder(detail: OrderDetail, order: OrderRow): OrderDetail {
  return { ...detail, order: { ...detail.order, ...order } };
}
