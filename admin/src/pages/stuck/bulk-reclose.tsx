import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import type { RecloseRequest, RecloseResult, StuckRequest } from '../../../../src/http/admin/api.ts';
import { post } from '../../api/request.ts';
import { Problem } from '../../parts/problem.tsx';
import { localTime } from '../../parts/time/moment.tsx';
import { useText, wordFor } from '../../text/use-text.ts';

/** So many orders can be named in one request. */
const AT_MOST = 200;

interface Props {
  /** Order numbers. */
  chosen: string[];
  filter: Pick<StuckRequest, 'channel' | 'reason'>;
  isEmpty: boolean;
}

/** Begins again (重新关单) with the chosen orders, or with all that the filter means; asks first. */
export function BulkReclose({ chosen, filter, isEmpty }: Props) {
  const { actions, pages, words } = useText();
  const { stuck, orders } = pages;
  const client = useQueryClient();
  const [wish, setWish] = useState<StuckRequest | null>(null);
  /** Of the parts that are done: shown also where the next one fails. */
  const [done, setDone] = useState<RecloseResult | null>(null);
  const reclose = useMutation({
    mutationFn: async (wanted: StuckRequest) => {
      const begin = (wish: RecloseRequest) => post<RecloseResult>('/stuck/reclose', wish);
      let sum = await begin(wanted);
      setDone(sum);
      while (sum.next !== null) {
        sum = together(sum, await begin({ ...wanted, after: sum.next }));
        setDone(sum);
      }
    },
    onMutate: () => setDone(null),
    onSettled: () => {
      setWish(null);
      for (const key of ['stuck', 'orders', 'order', 'figures'])
        void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const count = wish?.orderNos?.length;
  const filterText = stuck.filter(
    wish?.channel ? wordFor(words.channel, wish.channel) : orders.any,
    wish?.reason ? wordFor(words.reason, wish.reason) : orders.any,
  );

  return (
    <>
      <div className="bar">
        <Button
          type="primary"
          disabled={chosen.length === 0 || chosen.length > AT_MOST}
          onClick={() => setWish({ orderNos: chosen })}
        >
          {stuck.recloseChosen(chosen.length)}
        </Button>
        <Button disabled={isEmpty} onClick={() => setWish(filter)}>
          {stuck.recloseAll}
        </Button>
      </div>
      <div aria-live="polite">
        {chosen.length > AT_MOST && stuck.tooMany}
        {done !== null && <Done result={done} />}
        {reclose.error !== null && <Problem error={reclose.error} />}
      </div>
      {wish !== null && (
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
          onOk={() => reclose.mutate(wish)}
          onCancel={() => setWish(null)}
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

function together(before: RecloseResult, part: RecloseResult): RecloseResult {
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
  const odd = orders.filter(({ outcome }) => outcome !== 'enqueued');
  return (
    <Alert
      type={enqueued > 0 ? 'success' : 'info'}
      showIcon
      title={pages.stuck.done(enqueued, ended)}
      description={
        <>
          {lastAt !== null && <p>{pages.stuck.last(localTime(lastAt))}</p>}
          {orders.length === 0 && skipped.length > 0 && <p>{pages.stuck.skipped(skipped.join(', '))}</p>}
          {odd.map(({ orderNo, outcome }) => (
            <p key={orderNo}>
              <span className="code">{orderNo}</span>: {wordFor(actions.outcome, outcome)}
            </p>
          ))}
        </>
      }
    />
  );
}
