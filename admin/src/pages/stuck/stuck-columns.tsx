import type { ChannelSaysRow, StuckRow } from '../../../../src/http/admin/api.ts';
import { Age } from '../../parts/countdown.tsx';
import { Moment } from '../../parts/moment.tsx';
import { OrderLink } from '../../parts/order-link.tsx';
import { OrderState } from '../../parts/order-status.tsx';
import type { Column } from '../../parts/rows.tsx';
import { Tag, type Tone } from '../../parts/tag.tsx';
import { yuan } from '../../parts/yuan.ts';
import { wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';

/** The columns of stuck orders; after a dry run also what the channel said of each. */
export function stuckColumns(text: Text, said: ReadonlyMap<string, ChannelSaysRow>): Column<StuckRow>[] {
  const { common, words, pages } = text;
  const says: Column<StuckRow> = {
    key: 'says',
    title: pages.stuck.says,
    render: ({ orderNo }) => <Says row={said.get(orderNo)} words={words.says} />,
  };
  return [
    { key: 'orderNo', title: common.orderNo, render: ({ orderNo }) => <OrderLink orderNo={orderNo} /> },
    ...(said.size > 0 ? [says] : []),
    { key: 'state', title: common.status, render: (order) => <OrderState order={order} /> },
    {
      key: 'reason',
      title: common.retryReason,
      render: ({ retryReason }) => wordFor(words.reason, retryReason),
    },
    {
      key: 'since',
      title: pages.stuck.since,
      render: ({ stuckAt }) => (stuckAt === null ? '–' : <Age since={stuckAt} />),
    },
    { key: 'channel', title: common.channel, render: ({ channel }) => words.channel[channel] },
    {
      key: 'amount',
      title: common.amount,
      render: ({ amountFen }) => <span className="number">{yuan(amountFen)}</span>,
    },
    { key: 'ending', title: common.ending, render: ({ ending }) => words.ending[ending] },
    { key: 'attempts', title: common.closeAttempts, render: ({ closeAttempts }) => closeAttempts },
    { key: 'next', title: common.nextCloseAt, render: ({ nextCloseAt }) => <Moment at={nextCloseAt} /> },
    {
      key: 'answer',
      title: pages.stuck.lastAnswer,
      render: ({ answer }) => <span className="code answer">{answer ?? '–'}</span>,
    },
  ];
}

const tones: Record<string, Tone> = { paid: 'good', closed: 'calm', unpaid: 'accent', user_paying: 'warn' };

function Says({ row, words }: { row: ChannelSaysRow | undefined; words: Record<string, string> }) {
  if (row === undefined) return <span className="soft">–</span>;
  return (
    <span className="tags">
      <Tag tone={tones[row.says] ?? 'bad'}>{wordFor(words, row.says)}</Tag>
      <span className="code answer soft">{row.answer}</span>
    </span>
  );
}
