import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { lazy, Suspense } from 'react';
import { figuresQuery } from '../../api/queries.ts';
import { Waiting } from '../../parts/order/waiting.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useText } from '../../text/use-text.ts';
import { Channels } from './channels.tsx';
import { Lateness } from './lateness.tsx';
import { Processes } from './processes.tsx';
import { Tiles } from './tiles.tsx';
import './dashboard.css';

// The chart library is as large as the rest of the page: figures are shown while it loads.
const Charts = lazy(async () => ({ default: (await import('./charts.tsx')).Charts }));

/** Whether orders are closed in time, what needs a person, and what is due next. */
export function DashboardPage() {
  const { pages } = useText();
  const text = pages.dashboard;
  const { data: figures, error, refetch } = useQuery(figuresQuery);
  return (
    <>
      <PageHead title={text.title} />
      {error !== null && <Problem error={error} onRetry={refetch} />}
      {figures === undefined && error === null && <Waiting />}
      {figures !== undefined && (
        <>
          <div aria-live="assertive">
            {!figures.processes.some(({ works, isAlive }) => works && isAlive) && (
              <Alert type="error" showIcon title={text.noWorker} description={text.noWorkerHint} />
            )}
          </div>
          <Tiles figures={figures} />
          <Suspense fallback={<Waiting />}>
            <Charts figures={figures} />
          </Suspense>
          <div className="halves">
            <Lateness lateness={figures.lateness} />
            <Channels figures={figures} />
          </div>
          <Processes processes={figures.processes} />
        </>
      )}
    </>
  );
}
