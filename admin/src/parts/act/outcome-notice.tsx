import { Alert } from 'antd';
import type { ActionResult } from '../../../../src/http/admin/api.ts';
import { useText, wordFor } from '../../text/use-text.ts';
import { localTime } from '../moment.tsx';
import { type Deed, nameOf } from './deed.ts';

type Kind = 'success' | 'info' | 'warning' | 'error';

/** What the outcomes mean for who asked; any other is `info`. */
const kinds: Record<string, Kind> = {
  closed: 'success',
  cancelled: 'success',
  cancelled_refunded: 'success',
  synced: 'success',
  repaired: 'success',
  enqueued: 'success',
  decided: 'success',
  resent: 'success',
  paid: 'warning',
  pending: 'warning',
  busy: 'warning',
  unsupported: 'warning',
  left_to_sweep: 'warning',
  nothing_to_decide: 'warning',
  refused: 'error',
  unreachable: 'error',
  not_found: 'error',
};

/** What came of an action, why, and when it goes on. */
export function OutcomeNotice({ result, onClose }: { result: ActionResult; onClose(): void }) {
  const text = useText();
  const { actions, words } = text;
  const { outcome, reason, answer, retryAt, count, order } = result;
  const more = [
    actions.nowIs(words.status[order.status]),
    reason && actions.reason(wordFor({ ...words.reason, channel_down: words.channelDown }, reason)),
    answer && actions.answer(answer),
    retryAt && actions.again(localTime(retryAt)),
  ].filter(Boolean);
  return (
    <Alert
      type={kinds[outcome] ?? 'info'}
      showIcon
      closable={{ onClose, 'aria-label': text.common.close }}
      title={`${nameOf(deedOf(result), text)} · ${order.orderNo}`}
      description={
        <>
          <p>{count === undefined ? wordFor(actions.outcome, outcome) : actions.resent(count)}</p>
          <p className="sentence">{more.join(' · ')}</p>
        </>
      }
    />
  );
}

function deedOf({ action, decision }: ActionResult): Deed {
  return action === 'late' ? { action, decision: decision ?? 'handled' } : { action };
}
