import type { DryRunRow, StuckRow } from '../../../../src/http/admin/api.ts';
import type { Column } from '../../parts/lists/rows.tsx';
import { OrderLink } from '../../parts/order/order-link.tsx';
import { OrderState } from '../../parts/order/order-status.tsx';
import { Tag, type Tone } from '../../parts/tag.tsx';
import { Age } from '../../parts/time/countdown.tsx';
import { Moment } from '../../parts/time/moment.tsx';
import { TwoLines } from '../../parts/two-lines.tsx';
import { yuan } from '../../parts/yuan.ts';
import { wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';

/** The columns of stuck orders; after a dry run also what the channel said of each. */
export function stuckColumns(text: Text, said: ReadonlyMap<string, DryRunRow>): Column<StuckRow>[] {
  const { common, words, pages } = text;
  const says: Column<StuckRow> = {
    key: 'says',
    title: pages.stuck.says,
    render: ({ orderNo }) => <Says row={said.get(orderNo)} words={words.says} />,
  };
  return [
    {
      key: 'orderNo',
      title: common.orderNo,
      render: ({ orderNo, channel, amountFen }) => (
        <TwoLines under={`${wordFor(words.channel, channel)} · ${yuan(amountFen)}`}>
          <OrderLink orderNo={orderNo} />
        </TwoLines>
      ),
    },
    ...(said.size > 0 ? [says] : []),
    {
      key: 'state',
      title: common.status,
      render: (order) => (
        <TwoLines under={`${common.ending}: ${words.ending[order.ending]}`}>
          <OrderState order={order} />
        </TwoLines>
      ),
    },
    {
      key: 'reason',
      title: common.retryReason,
      render: ({ retryReason }) => <span className="title">{wordFor(words.reason, retryReason)}</span>,
    },
    {
      key: 'since',
      title: pages.stuck.since,
      render: ({ stuckAt }) => (stuckAt === null ? '–' : <Age since={stuckAt} />),
    },
    {
      key: 'next',
      title: common.nextCloseAt,
      render: ({ nextCloseAt, closeAttempts }) => (
        <TwoLines under={`${common.closeAttempts}: ${closeAttempts}`}>
          <Moment at={nextCloseAt} />
        </TwoLines>
      ),
    },
    {
      key: 'answer',
      title: pages.stuck.lastAnswer,
      render: ({ answer }) => <span className="code answer">{answer ?? '–'}</span>,
    },
  ];
}

const tones: Record<string, Tone> = {
  paid: 'good',
  closed: 'calm',
  unpaid: 'accent',
  user_paying: 'warn',
  // Alipay knows no order whose payment nobody has begun.
  not_found: 'calm',
};

function Says({ row, words }: { row: DryRunRow | undefined; words: Record<string, string> }) {
  if (row === undefined) return <span className="soft">–</span>;
  return (
    <TwoLines under={<span className="code answer">{row.answer}</span>}>
      <Tag tone={tones[row.says] ?? 'bad'}>{wordFor(words, row.says)}</Tag>
    </TwoLines>
  );
}
