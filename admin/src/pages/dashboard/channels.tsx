import { Alert } from 'antd';
import type { ChannelName } from '../../../../src/channel/channel.ts';
import type { Figures } from '../../../../src/http/admin/api.ts';
import { localTime } from '../../parts/moment.tsx';
import { Tag } from '../../parts/tag.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** Each channel: its open orders, its queue, and whether it is out of order (熔断) for some process. */
export function Channels({ figures }: { figures: Figures }) {
  const { common, pages, words } = useText();
  const text = pages.dashboard;
  const depths = ['waiting', 'delayed', 'active', 'failed'] as const;
  const queueOf = (channel: ChannelName) => figures.queues?.find((queue) => queue.channel === channel);
  return (
    <section className="surface">
      <h2>{text.channelsTitle}</h2>
      {figures.queues === null && <Alert type="warning" showIcon title={text.queuesAway} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
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
                  <Breaker until={outOfOrderUntil(figures, channel)} />
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

function Breaker({ until }: { until: string | undefined }) {
  const { pages } = useText();
  if (until === undefined) return <Tag tone="good">{pages.dashboard.works}</Tag>;
  return <Tag tone="bad">{pages.dashboard.outUntil(localTime(until).slice(11))}</Tag>;
}

function channelsOf({ open, queues, lateness }: Figures): ChannelName[] {
  return [...new Set([...open, ...(queues ?? []), ...lateness].map(({ channel }) => channel))];
}

/** The latest moment that a living process has. */
function outOfOrderUntil({ processes }: Figures, channel: ChannelName): string | undefined {
  return processes
    .filter(({ isAlive }) => isAlive)
    .flatMap(({ outOfOrder }) => outOfOrder)
    .filter((one) => one.channel === channel)
    .map(({ until }) => until)
    .sort()
    .at(-1);
}
