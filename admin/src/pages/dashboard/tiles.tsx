import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Figures } from '../../../../src/http/admin/api.ts';
import { clockDuration } from '../../parts/time/duration.ts';
import { useServerNow } from '../../parts/time/use-server-now.ts';
import { useText } from '../../text/use-text.ts';

/** Figures that should be zero, each linked to what it counts. */
export function Tiles({ figures }: { figures: Figures }) {
  const { common, pages } = useText();
  const text = pages.dashboard;
  const { expired, stuck, lateWaiting, violations, notices } = figures;
  const oldestMs = useServerNow() - Date.parse(expired.oldestAt ?? figures.now);
  return (
    <div className="tiles">
      <Tile
        name={text.expired}
        value={expired.count}
        to="/orders?state=expired"
        tone={expired.count === 0 ? 'good' : 'warn'}
      >
        {expired.oldestAt === null ? text.noneExpired : text.oldest(clockDuration(oldestMs, common))}
      </Tile>
      <Tile name={text.stuck} value={stuck} to="/stuck" tone={stuck === 0 ? 'good' : 'warn'}>
        {text.stuckHint}
      </Tile>
      <Tile name={text.late} value={lateWaiting} to="/late" tone={lateWaiting === 0 ? 'good' : 'warn'}>
        {text.lateHint}
      </Tile>
      <Tile name={text.violations} value={violations} to="/late" tone={violations === 0 ? 'good' : 'bad'}>
        {text.violationsHint}
      </Tile>
      <Tile
        name={text.noticesTitle}
        value={notices.pending}
        tone={notices.overdue + notices.givenUp === 0 ? 'good' : 'warn'}
      >
        {`${text.noticesOverdue} ${notices.overdue} · ${text.givenUp} ${notices.givenUp}`}
      </Tile>
    </div>
  );
}

interface TileProps {
  name: string;
  value: number;
  tone: 'good' | 'warn' | 'bad';
  to?: string;
  children: ReactNode;
}

function Tile({ name, value, tone, to, children }: TileProps) {
  const inside = (
    <>
      <span>{name}</span>
      <strong>{value.toLocaleString('en-US')}</strong>
      <span className="soft">{children}</span>
    </>
  );
  const className = `tile tile-${tone}`;
  if (to === undefined) return <div className={className}>{inside}</div>;
  return (
    <Link to={to} className={className}>
      {inside}
    </Link>
  );
}
