import { Alert } from 'antd';
import type { ActionResult } from '../../../../src/http/admin/api.ts';
import { useText, wordFor } from '../../text/use-text.ts';
import { localTime } from '../time/moment.tsx';
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
  paid: 'warning',
  pending: 'warning',
  busy: 'warning',
  unsupported: 'warning',
  left_to_sweep: 'warning',
  nothing_to_decide: 'warning',
  nothing_to_resend: 'warning',
  refused: 'error',
  unreachable: 'error',
  not_found: 'error',
};

/** What came of an action, why, and when it goes on. */
export function OutcomeNotice({ result, onClose }: { result: ActionResult; onClose(): void }) {
  const text = useText();
  const { actions, words } = text;
  const { reason, answer, channelStatus, retryAt, count = 0, order } = result;
  const outcome = preciseOutcome(result);
  const more = [
    actions.nowIs(words.status[order.status]),
    reason &&
      actions.reason(
        wordFor(
          { ...words.reason, channel_down: words.channelDown, left_to_worker: words.leftToWorker },
          reason,
        ),
      ),
    channelStatus && actions.answer(wordFor(words.channelStatus, channelStatus)),
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
          <p>{count > 0 ? actions.resent(count) : wordFor(actions.outcome, outcome)}</p>
          <p className="sentence">{more.join(' · ')}</p>
        </>
      }
    />
  );
}

/** With what the outcome says besides: a cancel that gave money back, a sync that changed something. */
function preciseOutcome({ outcome, refunded, repaired }: ActionResult): string {
  if (outcome === 'cancelled' && refunded === true) return 'cancelled_refunded';
  return outcome === 'synced' && repaired === true ? 'repaired' : outcome;
}

function deedOf({ action, decision }: ActionResult): Deed {
  return action === 'late' ? { action, decision: decision ?? 'handled' } : { action };
}
