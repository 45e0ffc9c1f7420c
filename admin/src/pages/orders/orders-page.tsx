import type { OrderRow, OrdersQuery } from '../../../../src/http/admin/api.ts';
import { ordersQuery } from '../../api/queries.ts';
import { Paged } from '../../parts/lists/paged.tsx';
import type { Column } from '../../parts/lists/rows.tsx';
import { useFilter } from '../../parts/lists/use-filter.ts';
import { OrderLink } from '../../parts/order/order-link.tsx';
import { OrderState } from '../../parts/order/order-status.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Countdown } from '../../parts/time/countdown.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { TwoLines } from '../../parts/two-lines.tsx';
import { yuan } from '../../parts/yuan.ts';
import { useText, wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';
import { type Filter, OrderFilters } from './order-filters.tsx';

/** All orders, newest first, updated live. */
export function OrdersPage() {
  const text = useText();
  const [filter, change] = useFilter<Filter>();
  return (
    <>
      <PageHead title={text.pages.orders.title} />
      <OrderFilters filter={filter} onChange={change} />
      <Paged
        query={ordersQuery(asQuery(filter))}
        label={text.pages.orders.title}
        columns={columns(text)}
        keyOf={({ orderNo }) => orderNo}
        none={text.pages.orders.none}
      />
    </>
  );
}

function columns({ common, words }: Text): Column<OrderRow>[] {
  return [
    {
      key: 'numbers',
      title: common.orderNo,
      render: ({ orderNo, bizOrderNo }) => (
        <TwoLines under={<span className="code">{bizOrderNo}</span>}>
          <OrderLink orderNo={orderNo} />
        </TwoLines>
      ),
    },
    { key: 'state', title: common.status, render: (order) => <OrderState order={order} /> },
    {
      key: 'left',
      title: common.expiresAt,
      render: (order) => (
        <TwoLines under={<DateTime at={order.expiresAt} />}>
          <Countdown order={order} />
        </TwoLines>
      ),
    },
    {
      key: 'amount',
      title: common.amount,
      render: ({ amountFen }) => <span className="number">{yuan(amountFen)}</span>,
    },
    {
      key: 'channel',
      title: common.channel,
      render: ({ channel, method }) => (
        <TwoLines under={words.method[method]}>{wordFor(words.channel, channel)}</TwoLines>
      ),
    },
    {
      key: 'title',
      title: common.itemTitle,
      render: ({ title }) => <span className="title">{title}</span>,
    },
    { key: 'createdAt', title: common.createdAt, render: ({ createdAt }) => <DateTime at={createdAt} /> },
  ];
}

/** Converts the filter in the address to the server's query; its times are in the browser's time zone. */
function asQuery({ createdFrom, createdTo, ...rest }: Filter): OrdersQuery {
  const utc = (local: string | undefined) => (local ? new Date(local).toISOString() : undefined);
  return { ...rest, createdFrom: utc(createdFrom), createdTo: utc(createdTo), limit: 50 } as OrdersQuery;
}
