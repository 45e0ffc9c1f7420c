import type { DryRunRow, StuckRow } from '../../../../src/http/admin/api.ts';
import type { Column } from '../../parts/lists/rows.tsx';
import { OrderLink } from '../../parts/order/order-link.tsx';
import { OrderState } from '../../parts/order/order-status.tsx';
import { Tag, type Tone } from '../../parts/tag.tsx';
import { Age } from '../../parts/time/countdown.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { TwoLines } from '../../parts/two-lines.tsx';
import { yuan } from '../../parts/yuan.ts';
import { wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';

/** The columns of stuck orders; after a dry run also the channel's answers. */
export function stuckColumns(text: Text, answers: ReadonlyMap<string, DryRunRow>): Column<StuckRow>[] {
  const { common, words, pages } = text;
  const atChannel: Column<StuckRow> = {
    key: 'atChannel',
    title: pages.stuck.atChannel,
    render: ({ orderNo }) => <AtChannel row={answers.get(orderNo)} words={words.atChannel} />,
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
    ...(answers.size > 0 ? [atChannel] : []),
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
          <DateTime at={nextCloseAt} />
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
  // Alipay does not know an order until its customer starts to pay.
  not_found: 'calm',
};

function AtChannel({ row, words }: { row: DryRunRow | undefined; words: Record<string, string> }) {
  if (row === undefined) return <span className="soft">–</span>;
  return (
    <TwoLines under={<span className="code answer">{row.answer}</span>}>
      <Tag tone={tones[row.says] ?? 'bad'}>{wordFor(words, row.says)}</Tag>
    </TwoLines>
  );
}
