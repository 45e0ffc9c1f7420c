import { Alert } from 'antd';
import type { ActionResult } from '../../../../src/http/admin/api.ts';
import { useText, wordFor } from '../../text/use-text.ts';
import { localTime } from '../time/date-time.tsx';
import { type ActionRequest, nameOf } from './action-request.ts';

type Kind = 'success' | 'info' | 'warning' | 'error';

/** How outcomes are shown; any other is `info`. */
const kinds: Record<string, Kind> = {
  closed: 'success',
  cancelled: 'success',
  cancelled_refunded: 'success',
  synced: 'success',
  repaired: 'success',
  enqueued: 'success',
  decided_refund: 'success',
  decided_reopen: 'success',
  decided_handled: 'success',
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

/** The outcome of an action, the reason, and when it is retried. */
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
      title={`${nameOf(requestOf(result), text)} · ${order.orderNo}`}
      description={
        <>
          <p>{count > 0 ? actions.resent(count) : wordFor(actions.outcome, outcome)}</p>
          <p className="sentence">{more.join(' · ')}</p>
        </>
      }
    />
  );
}

/** Distinguishes a cancel that refunded, a sync that changed the order, and the decisions about late payments. */
function preciseOutcome({ outcome, refunded, repaired, decision }: ActionResult): string {
  if (outcome === 'cancelled' && refunded === true) return 'cancelled_refunded';
  if (outcome === 'decided' && decision !== undefined) return `decided_${decision}`;
  return outcome === 'synced' && repaired === true ? 'repaired' : outcome;
}

function requestOf({ action, decision }: ActionResult): ActionRequest {
  return action === 'late' ? { action, decision: decision ?? 'handled' } : { action };
}
