import type { CloseRecordRow, CloseRecordsQuery } from '../../../../src/http/admin/api.ts';
import { recordsQuery } from '../../api/queries.ts';
import { Choose } from '../../parts/lists/choose.tsx';
import { Paged } from '../../parts/lists/paged.tsx';
import type { Column } from '../../parts/lists/rows.tsx';
import { SearchBox } from '../../parts/lists/search-box.tsx';
import { useFilter } from '../../parts/lists/use-filter.ts';
import { OrderLink } from '../../parts/order/order-link.tsx';
import { StatusChange } from '../../parts/order/status-change.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { TwoLines } from '../../parts/two-lines.tsx';
import { useText, wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';

type Filter = { search?: string; channel?: string; trigger?: string; outcome?: string };

/** Close records (关闭记录), newest first: every attempt for any order. */
export function RecordsPage() {
  const text = useText();
  const { pages, words } = text;
  const [filter, change] = useFilter<Filter>();
  const outcomes: Record<string, string> = { ...words.attempt, ...words.reason };
  return (
    <>
      <PageHead title={pages.records.title} />
      <search className="bar" aria-label={pages.orders.filters}>
        <SearchBox
          label={pages.records.search}
          hint={pages.orders.searchHint}
          value={filter.search}
          onSearch={(search) => change({ search })}
        />
        <Choose
          label={pages.orders.channel}
          any={`${pages.orders.channel}: ${pages.orders.any}`}
          words={words.channel as Record<string, string>}
          value={filter.channel}
          onChange={(channel) => change({ channel })}
        />
        <Choose
          label={text.common.trigger}
          any={pages.records.anyTrigger}
          words={words.trigger as Record<string, string>}
          value={filter.trigger}
          onChange={(trigger) => change({ trigger })}
        />
        <Choose
          label={text.common.outcome}
          any={pages.records.anyOutcome}
          words={outcomes}
          value={filter.outcome}
          onChange={(outcome) => change({ outcome })}
        />
      </search>
      <Paged
        query={recordsQuery({ ...filter, limit: 50 } as CloseRecordsQuery)}
        label={pages.records.title}
        columns={columns(text, outcomes)}
        keyOf={({ id }) => id}
        none={pages.records.none}
      />
    </>
  );
}

function columns({ common, words }: Text, outcomes: Record<string, string>): Column<CloseRecordRow>[] {
  return [
    { key: 'at', title: common.at, render: ({ at }) => <DateTime at={at} /> },
    {
      key: 'orderNo',
      title: common.orderNo,
      render: ({ orderNo, channel }) => (
        <TwoLines under={wordFor(words.channel, channel)}>
          <OrderLink orderNo={orderNo} />
        </TwoLines>
      ),
    },
    {
      key: 'type',
      title: common.type,
      render: ({ closeType, attempt }) => `${wordFor(words.closeType, closeType)} #${attempt}`,
    },
    {
      key: 'trigger',
      title: common.trigger,
      render: ({ trigger, actor, clientIp }) => (
        <TwoLines under={[actor, clientIp].filter(Boolean).join(' · ')}>
          {wordFor(words.trigger, trigger)}
        </TwoLines>
      ),
    },
    {
      key: 'outcome',
      title: common.outcome,
      render: ({ outcome, statusBefore, statusAfter }) => (
        <TwoLines under={<StatusChange before={statusBefore} after={statusAfter} />}>
          {wordFor(outcomes, outcome)}
        </TwoLines>
      ),
    },
    {
      key: 'answer',
      title: common.answer,
      render: ({ answer }) => <span className="code answer">{answer ?? '–'}</span>,
    },
  ];
}
