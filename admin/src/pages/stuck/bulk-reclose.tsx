import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import type { RecloseRequest, RecloseResult, StuckRequest } from '../../../../src/http/admin/api.ts';
import { post } from '../../api/request.ts';
import { Problem } from '../../parts/problem.tsx';
import { localTime } from '../../parts/time/date-time.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** Orders that one request can name. */
const AT_MOST = 200;

interface Props {
  /** Order numbers. */
  chosen: string[];
  filter: Pick<StuckRequest, 'channel' | 'reason'>;
  /** How many orders are loaded, and whether the filter finds more. */
  found: number;
  hasMore: boolean;
}

/** Re-closes (重新关单) the chosen orders, or all that the filter finds; asks for confirmation. */
export function BulkReclose({ chosen, filter, found, hasMore }: Props) {
  const { actions, pages, words } = useText();
  const { stuck, orders } = pages;
  const client = useQueryClient();
  const [request, setRequest] = useState<StuckRequest | null>(null);
  /** The result so far: also shown if a later part fails. */
  const [done, setDone] = useState<RecloseResult | null>(null);
  const reclose = useMutation({
    mutationFn: async (all: StuckRequest) => {
      const reclosePart = (part: RecloseRequest) => post<RecloseResult>('/stuck/reclose', part);
      let sum = await reclosePart(all);
      setDone(sum);
      while (sum.next !== null) {
        sum = merge(sum, await reclosePart({ ...all, after: sum.next }));
        setDone(sum);
      }
    },
    onMutate: () => setDone(null),
    onSettled: () => {
      setRequest(null);
      for (const key of ['stuck', 'orders', 'order', 'figures'])
        void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const count = request?.orderNos?.length;
  const filterText = stuck.filter(
    request?.channel ? wordFor(words.channel, request.channel) : orders.any,
    request?.reason ? wordFor(words.reason, request.reason) : orders.any,
  );

  return (
    <>
      <div className="bar">
        <Button
          type="primary"
          disabled={chosen.length === 0 || chosen.length > AT_MOST}
          onClick={() => setRequest({ orderNos: chosen })}
        >
          {stuck.recloseChosen(chosen.length)}
        </Button>
        <Button disabled={found === 0} onClick={() => setRequest(filter)}>
          {stuck.recloseAll(found, hasMore)}
        </Button>
      </div>
      <div aria-live="polite">
        {chosen.length > AT_MOST && stuck.tooMany}
        {done !== null && <Done result={done} />}
        {reclose.error !== null && <Problem error={reclose.error} />}
      </div>
      {request !== null && (
        <Modal
          open
          title={count === undefined ? stuck.confirmAll : stuck.confirmChosen(count)}
          okText={actions.confirm(actions.reclose.name)}
          cancelText={actions.keep}
          confirmLoading={reclose.isPending}
          cancelButtonProps={{ disabled: reclose.isPending }}
          closable={!reclose.isPending}
          keyboard={!reclose.isPending}
          mask={{ closable: !reclose.isPending }}
          onOk={() => reclose.mutate(request)}
          onCancel={() => setRequest(null)}
        >
          <div className="stack">
            {count === undefined && <p>{filterText}</p>}
            <p>{stuck.will}</p>
            <p className="soft">{actions.audited}</p>
          </div>
        </Modal>
      )}
    </>
  );
}

function merge(before: RecloseResult, part: RecloseResult): RecloseResult {
  return {
    enqueued: before.enqueued + part.enqueued,
    ended: before.ended + part.ended,
    skipped: [...before.skipped, ...part.skipped],
    lastAt: part.lastAt ?? before.lastAt,
    orders: [...before.orders, ...part.orders],
    next: part.next,
  };
}

function Done({ result: { enqueued, ended, skipped, lastAt, orders } }: { result: RecloseResult }) {
  const { actions, pages } = useText();
  const others = orders.filter(({ outcome }) => outcome !== 'enqueued');
  return (
    <Alert
      type={enqueued > 0 ? 'success' : 'info'}
      showIcon
      title={pages.stuck.done(enqueued, ended)}
      description={
        <>
          {lastAt !== null && <p>{pages.stuck.last(localTime(lastAt))}</p>}
          {orders.length === 0 && skipped.length > 0 && <p>{pages.stuck.skipped(skipped.join(', '))}</p>}
          {others.map(({ orderNo, outcome }) => (
            <p key={orderNo}>
              <span className="code">{orderNo}</span>: {wordFor(actions.outcome, outcome)}
            </p>
          ))}
        </>
      }
    />
  );
}
