import { Alert } from 'antd';
import type { ChannelName } from '../../../../src/channel/channel.ts';
import type { Figures } from '../../../../src/http/admin/api.ts';
import { Tag } from '../../parts/tag.tsx';
import { localTime } from '../../parts/time/date-time.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** Each channel: its open orders, its queue, and its open circuit breakers (熔断). */
export function Channels({ figures }: { figures: Figures }) {
  const { common, pages, words } = useText();
  const text = pages.dashboard;
  const depths = ['waiting', 'delayed', 'active', 'failed'] as const;
  const queueOf = (channel: ChannelName) => figures.queues?.find((queue) => queue.channel === channel);
  return (
    <section className="surface">
      <h2>{text.channelsTitle}</h2>
      <QueueProblem redis={figures.redis} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard */}
      <section tabIndex={0} aria-label={text.channelsTitle} className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{common.channel}</th>
              <th scope="col">{text.breaker}</th>
              <th scope="col" className="right">
                {text.open}
              </th>
              {depths.map((depth) => (
                <th key={depth} scope="col" className="right">
                  {text[depth]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {channelsOf(figures).map((channel) => (
              <tr key={channel}>
                <th scope="row">{wordFor(words.channel, channel)}</th>
                <td>
                  <Breakers open={openBreakers(figures, channel)} />
                </td>
                <td className="right">{figures.open.find((one) => one.channel === channel)?.count ?? 0}</td>
                {depths.map((depth) => (
                  <td key={depth} className="right">
                    {queueOf(channel)?.[depth] ?? '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** Why jobs do not run, if so. */
function QueueProblem({ redis: { state, reason, paused } }: Pick<Figures, 'redis'>) {
  const { pages, words } = useText();
  const text = pages.dashboard;
  if (state === 'away') return <Alert type="warning" showIcon title={text.queuesAway} />;
  if (state !== 'ok') return <Alert type="error" showIcon title={text.queuesRefused} description={reason} />;
  if (paused.length === 0) return null;
  const names = paused.map((channel) => wordFor(words.channel, channel));
  return <Alert type="warning" showIcon title={text.queuesPaused(names.join(', '))} />;
}

type OpenBreaker = Figures['processes'][number]['outOfOrder'][number];

function Breakers({ open }: { open: OpenBreaker[] }) {
  const { pages, words } = useText();
  const text = pages.dashboard;
  if (open.length === 0) return <Tag tone="good">{text.works}</Tag>;
  return open.map(({ operation, method, until }) => {
    const operationName = operation === 'all' ? '' : words.operation[operation];
    const what = method === null ? operationName : `${operationName} (${words.method[method]})`;
    return (
      <Tag key={what} tone="bad">
        {text.outUntil(what, localTime(until).slice(11))}
      </Tag>
    );
  });
}

function channelsOf({ open, queues, lateness }: Figures): ChannelName[] {
  return [...new Set([...open, ...(queues ?? []), ...lateness].map(({ channel }) => channel))];
}

/** A channel's open breakers, each with the latest time among the live processes. */
function openBreakers({ processes }: Figures, channel: ChannelName): OpenBreaker[] {
  const open = processes
    .filter(({ isAlive }) => isAlive)
    .flatMap(({ outOfOrder }) => outOfOrder)
    .filter((one) => one.channel === channel)
    .sort((a, b) => a.until.localeCompare(b.until));
  return [...new Map(open.map((one) => [`${one.operation} ${one.method}`, one])).values()];
}
