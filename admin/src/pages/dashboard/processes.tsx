import type { ProcessFigures } from '../../../../src/http/admin/api.ts';
import { type Column, Rows } from '../../parts/lists/rows.tsx';
import { Tag } from '../../parts/tag.tsx';
import { Age } from '../../parts/time/countdown.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { useText } from '../../text/use-text.ts';

/** The processes of the last day, and whether each was seen recently. */
export function Processes({ processes }: { processes: ProcessFigures[] }) {
  const { common, pages } = useText();
  const text = pages.dashboard;
  const columns: Column<ProcessFigures>[] = [
    { key: 'name', title: 'host:pid', render: ({ name }) => <span className="code">{name}</span> },
    {
      key: 'alive',
      title: pages.orders.state,
      render: ({ isAlive, works, serves }) => (
        <span className="tags">
          <Tag tone={isAlive ? 'good' : 'calm'}>{isAlive ? text.alive : text.gone}</Tag>
          {serves && <Tag>{text.serves}</Tag>}
          {works && <Tag>{text.worker}</Tag>}
        </span>
      ),
    },
    { key: 'seen', title: text.seen, render: ({ seenAt }) => <Age since={seenAt} /> },
    {
      key: 'swept',
      title: text.swept,
      render: ({ sweptAt }) => (sweptAt === null ? '–' : <Age since={sweptAt} />),
    },
    { key: 'started', title: text.started, render: ({ startedAt }) => <DateTime at={startedAt} /> },
    { key: 'version', title: common.version, render: ({ version }) => version },
  ];
  return (
    <section className="stack">
      <h2>{text.processesTitle}</h2>
      <Rows
        label={text.processesTitle}
        rows={processes}
        columns={columns}
        keyOf={({ name }) => name}
        none="–"
      />
    </section>
  );
}
