import type { ViolationRow } from '../../../../src/http/admin/api.ts';
import { violationsQuery } from '../../api/queries.ts';
import { Paged } from '../../parts/lists/paged.tsx';
import type { Column } from '../../parts/lists/rows.tsx';
import { OrderLink } from '../../parts/order/order-link.tsx';
import { Tag } from '../../parts/tag.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { useText, wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';

/** Violations of the guarantees, if there are any. */
export function Violations() {
  const text = useText();
  const { late } = text.pages;
  return (
    <section className="stack" aria-labelledby="violations">
      <h2 id="violations">{late.violationsTitle}</h2>
      <Paged
        query={violationsQuery}
        label={late.violationsTitle}
        columns={columns(text)}
        keyOf={({ orderNo, kind }) => `${orderNo} ${kind}`}
        none={late.none}
      />
    </section>
  );
}

function columns({ common, pages, words }: Text): Column<ViolationRow>[] {
  return [
    { key: 'foundAt', title: pages.late.foundAt, render: ({ foundAt }) => <DateTime at={foundAt} /> },
    { key: 'orderNo', title: common.orderNo, render: ({ orderNo }) => <OrderLink orderNo={orderNo} /> },
    { key: 'channel', title: common.channel, render: ({ channel }) => wordFor(words.channel, channel) },
    {
      key: 'kind',
      title: common.type,
      render: ({ kind }) => <Tag tone="bad">{words.violation[kind]}</Tag>,
    },
  ];
}
