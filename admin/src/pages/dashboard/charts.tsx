import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Figures } from '../../../../src/http/admin/api.ts';
import { localMinute } from '../../parts/time/date-time.tsx';
import { useText } from '../../text/use-text.ts';

interface Series {
  key: string;
  name: string;
  color: string;
}
type Point = { at: string } & Record<string, string | number>;

/** Orders due, and orders closed and paid, per minute. */
export function Charts({ figures: { dueNextHour, perMinute } }: { figures: Figures }) {
  const { pages } = useText();
  const text = pages.dashboard;
  const due = dueNextHour.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(0, ...dueNextHour.map(({ count }) => count));
  const closed = perMinute.reduce((sum, minute) => sum + minute.closed, 0);
  const paid = perMinute.reduce((sum, minute) => sum + minute.paid, 0);
  return (
    <div className="halves">
      <Chart
        title={text.dueTitle}
        summary={text.dueSummary(due, most)}
        points={dueNextHour}
        series={[{ key: 'count', name: text.due, color: 'var(--closed-series)' }]}
      />
      <Chart
        title={text.doneTitle}
        summary={text.doneSummary(closed, paid)}
        points={perMinute}
        series={[
          { key: 'closed', name: text.closed, color: 'var(--closed-series)' },
          { key: 'paid', name: text.paid, color: 'var(--paid-series)' },
        ]}
      />
    </div>
  );
}

/** A bar chart, with a sentence and a table for screen readers. */
function Chart({
  title,
  summary,
  points,
  series,
}: {
  title: string;
  summary: string;
  points: Point[];
  series: Series[];
}) {
  const ink = { fill: 'var(--ink-soft)', fontSize: 12 };
  return (
    <section className="surface">
      <h2>{title}</h2>
      <figure className="chart">
        <figcaption className="soft">{summary}</figcaption>
        {series.length > 1 && (
          <ul className="legend">
            {series.map(({ key, name, color }) => (
              <li key={key}>
                <span style={{ background: color }} />
                {name}
              </li>
            ))}
          </ul>
        )}
        <div className="chart-area" aria-hidden="true">
          <ResponsiveContainer>
            <BarChart
              data={points}
              accessibilityLayer={false}
              margin={{ top: 12, right: 4, bottom: 0, left: 0 }}
            >
              <CartesianGrid vertical={false} stroke="var(--line)" />
              <XAxis
                dataKey="at"
                tickFormatter={localMinute}
                tick={ink}
                stroke="var(--line)"
                minTickGap={28}
              />
              <YAxis allowDecimals={false} width={36} tick={ink} stroke="var(--line)" />
              <Tooltip
                labelFormatter={(at) => localMinute(String(at))}
                cursor={{ fill: 'var(--calm-ground)' }}
                contentStyle={{ background: 'var(--surface)', borderColor: 'var(--line)', borderRadius: 8 }}
              />
              {series.map(({ key, name, color }) => (
                <Bar
                  key={key}
                  dataKey={key}
                  name={name}
                  fill={color}
                  stackId="all"
                  isAnimationActive={false}
                />
              ))}
            </BarChart>
          </ResponsiveContainer>
        </div>
        <AsTable title={title} points={points} series={series} />
      </figure>
    </section>
  );
}

function AsTable({ title, points, series }: { title: string; points: Point[]; series: Series[] }) {
  const { pages } = useText();
  return (
    <details>
      <summary>{pages.dashboard.asTable}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard */}
      <section tabIndex={0} aria-label={title} className="scroll">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{pages.dashboard.minute}</th>
              {series.map(({ key, name }) => (
                <th key={key} scope="col" className="right">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.at}>
                <th scope="row">{localMinute(point.at)}</th>
                {series.map(({ key }) => (
                  <td key={key} className="right">
                    {point[key]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
