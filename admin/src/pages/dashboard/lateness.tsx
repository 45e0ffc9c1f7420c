import type { Figures } from '../../../../src/http/admin/api.ts';
import { duration } from '../../parts/time/duration.ts';
import { useText, wordFor } from '../../text/use-text.ts';

/** How late orders were closed, per channel: p50 and p99. */
export function Lateness({ lateness }: { lateness: Figures['lateness'] }) {
  const { common, pages, words } = useText();
  const text = pages.dashboard;
  const mostMs = Math.max(1, ...lateness.map(({ p99Ms }) => p99Ms ?? 0));
  const shown = lateness.filter(({ count }) => count > 0);
  const cell = (ms: number | null) => (
    <td>
      {ms === null ? '–' : duration(ms, common)}
      {ms !== null && (
        <span className="lateness-bar" style={{ width: `${Math.min(100, (100 * ms) / mostMs)}%` }} />
      )}
    </td>
  );
  return (
    <section className="surface">
      <h2>{text.latenessTitle}</h2>
      <p className="soft">{shown.length === 0 ? text.noLateness : text.latenessHint}</p>
      {shown.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{common.channel}</th>
              <th scope="col">p50</th>
              <th scope="col">p99</th>
              <th scope="col" className="right">
                {text.count}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ channel, count, p50Ms, p99Ms }) => (
              <tr key={channel}>
                <th scope="row">{wordFor(words.channel, channel)}</th>
                {cell(p50Ms)}
                {cell(p99Ms)}
                <td className="right">{count.toLocaleString('en-US')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
