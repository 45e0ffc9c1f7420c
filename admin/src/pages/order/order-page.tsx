import { ArrowLeftOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Empty } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ActionResult, OrderDetail } from '../../../../src/http/admin/api.ts';
import { orderQuery } from '../../api/queries.ts';
import { RequestProblem } from '../../api/request.ts';
import { useHasRole } from '../../app/session.tsx';
import { OrderActions } from '../../parts/act/order-actions.tsx';
import { OutcomeNotice } from '../../parts/act/outcome-notice.tsx';
import { OrderState } from '../../parts/order/order-status.tsx';
import { Waiting } from '../../parts/order/waiting.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Countdown } from '../../parts/time/countdown.tsx';
import { useText } from '../../text/use-text.ts';
import { OrderFacts } from './order-facts.tsx';
import { OrderTimeline } from './order-timeline.tsx';
import './order.css';

/** One order: its fields, the possible actions, and its history. */
export function OrderPage() {
  const { pages } = useText();
  const { orderNo = '' } = useParams();
  const { data, error, refetch } = useQuery(orderQuery(orderNo));
  const isMissing = error instanceof RequestProblem && error.error === 'not_found';
  return (
    <>
      <Link to="/orders">
        <ArrowLeftOutlined /> {pages.order.back}
      </Link>
      {isMissing && <Empty description={pages.order.missing} />}
      {error !== null && !isMissing && <Problem error={error} onRetry={refetch} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && <Detail key={orderNo} detail={data} />}
    </>
  );
}

function Detail({ detail }: { detail: OrderDetail }) {
  const { pages } = useText();
  const { order, timeline } = detail;
  return (
    <>
      <PageHead title={`${pages.order.title} ${order.orderNo}`}>
        {order.status === 'progress' && <Countdown order={order} />}
        <OrderState order={order} />
      </PageHead>
      {detail.isArchived && <Alert type="info" showIcon title={pages.order.archived} />}
      <Actions detail={detail} />
      <div className="order-columns">
        <section className="surface" aria-labelledby="facts">
          <h2 id="facts">{pages.order.facts}</h2>
          <OrderFacts order={order} />
        </section>
        <section className="surface" aria-labelledby="timeline">
          <h2 id="timeline">{pages.order.timeline}</h2>
          <OrderTimeline events={timeline} />
        </section>
      </div>
    </>
  );
}

function Actions({ detail }: { detail: OrderDetail }) {
  const { order, actions } = detail;
  const text = useText();
  const mayAct = useHasRole('operator');
  const [result, setResult] = useState<ActionResult | null>(null);
  const [failed, setFailed] = useState<{ error: Error; doing: string } | null>(null);
  const show = (outcome: ActionResult | null, failure: typeof failed) => {
    setResult(outcome);
    setFailed(failure);
  };
  return (
    <section className="stack" aria-label={text.actions.heading}>
      {mayAct && actions.length > 0 && (
        <OrderActions
          order={order}
          possible={detail}
          onResult={(outcome) => show(outcome, null)}
          onError={(error, doing) => show(null, { error, doing })}
        />
      )}
      {!mayAct && <Alert type="info" title={text.actions.needsOperator} />}
      {mayAct && actions.length === 0 && <p className="soft">{text.actions.nothing}</p>}
      <div aria-live="polite">
        {result !== null && <OutcomeNotice result={result} onClose={() => show(null, null)} />}
        {failed !== null && <Problem {...failed} />}
      </div>
    </section>
  );
}
