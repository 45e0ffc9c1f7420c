import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useState } from 'react';
import type { ActionResult, OrderRow } from '../../../../src/http/admin/api.ts';
import { lateQuery } from '../../api/queries.ts';
import { useHasRole } from '../../app/session.tsx';
import type { PossibleActions } from '../../parts/act/action-request.ts';
import { OrderActions } from '../../parts/act/order-actions.tsx';
import { OutcomeNotice } from '../../parts/act/outcome-notice.tsx';
import { type Column, Rows } from '../../parts/lists/rows.tsx';
import { OrderLink } from '../../parts/order/order-link.tsx';
import { OrderState } from '../../parts/order/order-status.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { DateTime } from '../../parts/time/date-time.tsx';
import { TwoLines } from '../../parts/two-lines.tsx';
import { yuan } from '../../parts/yuan.ts';
import { useText, wordFor } from '../../text/use-text.ts';
import type { Text } from '../../text/zh/zh.ts';
import { Violations } from './violations.tsx';

/** All decisions are offered; the server refuses one that is no longer possible. */
const possible: PossibleActions = { actions: ['late'], lateDecisions: ['refund', 'reopen', 'handled'] };

/** Late payments (关单后支付) that need a decision. */
export function LatePage() {
  const text = useText();
  const { late } = text.pages;
  const { data, error, isPending, refetch } = useQuery(lateQuery);
  const [result, setResult] = useState<ActionResult | null>(null);
  const [failed, setFailed] = useState<{ error: Error; doing: string } | null>(null);
  const show = (outcome: ActionResult | null, failure: typeof failed) => {
    setResult(outcome);
    setFailed(failure);
  };
  const mayAct = useHasRole('operator');
  const decide: Column<OrderRow> = {
    key: 'actions',
    title: text.actions.heading,
    render: (order) => (
      <OrderActions
        order={order}
        possible={possible}
        onResult={(outcome) => show(outcome, null)}
        onError={(error, doing) => show(null, { error, doing })}
      />
    ),
  };

  return (
    <>
      <PageHead title={late.title} />
      {data !== undefined && <p className="soft">{late.lead(wordFor(text.words.policy, data.policy))}</p>}
      {data !== undefined && data.violations > 0 && (
        <Alert
          type="error"
          showIcon
          title={late.violations(data.violations)}
          description={late.violationsHint}
        />
      )}
      <div aria-live="polite">
        {result !== null && <OutcomeNotice result={result} onClose={() => show(null, null)} />}
        {failed !== null && <Problem {...failed} />}
      </div>
      {error !== null && <Problem error={error} onRetry={refetch} />}
      {error === null && (
        <Rows
          label={late.title}
          rows={data?.rows ?? []}
          isLoading={isPending}
          columns={[...columns(text), ...(mayAct ? [decide] : [])]}
          keyOf={({ orderNo }) => orderNo}
          none={late.none}
        />
      )}
      {data !== undefined && data.violations > 0 && <Violations />}
    </>
  );
}

function columns({ common, words }: Text): Column<OrderRow>[] {
  return [
    {
      key: 'orderNo',
      title: common.orderNo,
      render: ({ orderNo, channel }) => (
        <TwoLines under={wordFor(words.channel, channel)}>
          <OrderLink orderNo={orderNo} />
        </TwoLines>
      ),
    },
    {
      key: 'amount',
      title: common.amount,
      render: ({ amountFen }) => <strong className="number">{yuan(amountFen)}</strong>,
    },
    { key: 'state', title: common.status, render: (order) => <OrderState order={order} /> },
    {
      key: 'latePaidAt',
      title: common.latePaidAt,
      render: ({ latePaidAt, closedAt }) => (
        <TwoLines
          under={
            <>
              {common.closedAt} <DateTime at={closedAt} />
            </>
          }
        >
          <DateTime at={latePaidAt} />
        </TwoLines>
      ),
    },
  ];
}
