import { type InfiniteData, type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { LiveEvent, OrderDetail, OrderRow, Page } from '../../../src/http/admin/api.ts';

/** How long changes are gathered before what they concern is fetched again, ms. */
const GATHER_MS = 1_500;
/** How long after a lost connection that the browser has given up it is opened again, ms. */
const REOPEN_MS = 5_000;
/** What an order's change may alter, besides its own row. */
const ofOrders = ['orders', 'stuck', 'late', 'violations', 'records'];

/**
 * Follows `/admin/api/events` by one connection for the whole page. A changed order is shown at once in every list
 * that has it; what else depends on it is fetched again, at most once in `GATHER_MS` and only where it is on
 * the screen. After a lost connection everything is, because what was missed is not known.
 *
 * Returns whether what is shown is live, or what it waits for.
 */
export function useLiveEvents(): 'live' | 'connection' | 'database' {
  const client = useQueryClient();
  const [isLive, setLive] = useState(true);
  const [isAway, setAway] = useState(false);

  useEffect(() => {
    const stale = new Set<string>();
    let source: EventSource;
    let wasLost = false;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let reopening: ReturnType<typeof setTimeout> | undefined;

    const renew = (...keys: string[]) => {
      for (const key of keys) stale.add(key);
      gathering ??= setTimeout(() => {
        gathering = undefined;
        for (const key of stale) void client.invalidateQueries({ queryKey: [key], predicate: isAtItsTop });
        stale.clear();
      }, GATHER_MS);
    };

    const onEvent = ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as LiveEvent;
      if (event.type === 'figures') return renew('figures');
      if (event.type === 'database') {
        setAway(event.isAway);
        if (!event.isAway) void client.invalidateQueries();
        return;
      }
      if (event.type === 'missed') return renew('figures', 'order', ...ofOrders);
      const { order } = event;
      client.setQueriesData<Lists>({ queryKey: ['orders'] }, (lists) => withRow(lists, order));
      client.setQueryData<OrderDetail>(
        ['order', order.orderNo],
        (detail) => detail && withOrder(detail, order),
      );
      void client.invalidateQueries({ queryKey: ['order', order.orderNo] });
      renew(...ofOrders);
    };

    const open = () => {
      source = new EventSource('/admin/api/events');
      source.onmessage = onEvent;
      source.onopen = () => {
        setLive(true);
        // If it is, that is the first thing to be told.
        setAway(false);
        if (wasLost) void client.invalidateQueries();
        wasLost = false;
      };
      source.onerror = () => {
        wasLost = true;
        setLive(false);
        if (source.readyState !== EventSource.CLOSED) return;
        // The server has answered with a refusal: perhaps nobody is signed in any more.
        void client.invalidateQueries({ queryKey: ['me'] });
        reopening = setTimeout(open, REOPEN_MS);
      };
    };

    open();
    return () => {
      source.close();
      clearTimeout(gathering);
      clearTimeout(reopening);
    };
  }, [client]);

  if (!isLive) return 'connection';
  return isAway ? 'database' : 'live';
}

/** Whoever has gone down a list reads it: it does not move under them, only its rows change. */
function isAtItsTop({ state }: Query): boolean {
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
