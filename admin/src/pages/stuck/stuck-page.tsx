import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import type { ChannelName } from '../../../../src/channel/channel.ts';
import type { DryRunResult, StuckRequest, StuckRow } from '../../../../src/http/admin/api.ts';
import type { PendingReason } from '../../../../src/order/order.ts';
import { stuckQuery } from '../../api/queries.ts';
import { post } from '../../api/request.ts';
import { useHasRole } from '../../app/session.tsx';
import { Choose } from '../../parts/lists/choose.tsx';
import { Rows } from '../../parts/lists/rows.tsx';
import { useFilter } from '../../parts/lists/use-filter.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useText } from '../../text/use-text.ts';
import { BulkReclose } from './bulk-reclose.tsx';
import { stuckColumns } from './stuck-columns.tsx';

type Filter = { channel?: ChannelName; reason?: PendingReason };

/** Stuck orders (死信): a dry run that queries their channels, and re-closing some or all of them. */
export function StuckPage() {
  const text = useText();
  const { stuck, orders } = text.pages;
  const [{ channel, reason }, change] = useFilter<Filter>();
  const filter = { channel, reason };
  const list = useInfiniteQuery({ ...stuckQuery({ ...filter, limit: 100 }), refetchInterval: 30_000 });
  const { error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const data = list.data?.pages.flatMap(({ rows }) => rows) ?? [];
  const [keys, setKeys] = useState<string[]>([]);
  const mayAct = useHasRole('operator');
  const ask = useMutation({
    mutationFn: (request: StuckRequest) => post<DryRunResult>('/stuck/ask', request),
  });

  // Orders that have left the list are no longer chosen.
  const chosen = keys.filter((key) => data.some(({ orderNo }) => orderNo === key));
  const request = chosen.length > 0 ? { orderNos: chosen } : filter;
  const answers = new Map(ask.data?.rows.map((row) => [row.order.orderNo, row]));
  return (
    <>
      <PageHead title={stuck.title} />
      <p className="soft">{stuck.lead}</p>
      <search className="bar" aria-label={orders.filters}>
        <Choose
          label={orders.channel}
          any={`${orders.channel}: ${orders.any}`}
          words={text.words.channel}
          value={channel}
          onChange={(chosenOne) => change({ channel: chosenOne })}
        />
        <Choose
          label={text.common.retryReason}
          any={stuck.anyReason}
          words={text.words.reason}
          value={reason}
          onChange={(chosenOne) => change({ reason: chosenOne })}
        />
        {mayAct && data.length > 0 && (
          <Button loading={ask.isPending} onClick={() => ask.mutate(request)}>
            {stuck.ask}
          </Button>
        )}
      </search>
      <div aria-live="polite">
        {ask.isPending && stuck.asking}
        {ask.data !== undefined && !ask.isPending && stuck.asked(ask.data.rows.length)}
        {ask.data?.isCut && ` ${stuck.isCut}`}
        {ask.error !== null && <Problem error={ask.error} />}
      </div>
      {mayAct && <BulkReclose chosen={chosen} filter={filter} found={data.length} hasMore={hasNextPage} />}
      {error !== null && <Problem error={error} onRetry={refetch} />}
      {error === null && (
        <Rows
          label={stuck.title}
          rows={data}
          isLoading={isPending}
          columns={stuckColumns(text, answers)}
          keyOf={({ orderNo }) => orderNo}
          none={stuck.none}
          {...(mayAct && {
            choice: {
              keys: chosen,
              onChange: setKeys,
              nameOf: ({ orderNo }: StuckRow) => stuck.choose(orderNo),
              nameOfAll: stuck.chooseAll,
            },
          })}
        />
      )}
      {hasNextPage && (
        <div className="more">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {text.common.more}
          </Button>
        </div>
      )}
    </>
  );
}
