import { Alert, Button } from 'antd';
import { RequestProblem } from '../api/request.ts';
import { useText } from '../text/use-text.ts';

/** Why something could not be done or loaded, with the trace id by which the server's log says more. */
export function Problem({ error, onRetry }: { error: Error; onRetry?: () => unknown }) {
  const { common, words, pages } = useText();
  const known = error instanceof RequestProblem ? error : null;
  const what = known === null ? common.failed : nameOf(known, { ...words.problem, network: common.network });
  const minutes = known?.retryAfterMs === undefined ? null : Math.ceil(known.retryAfterMs / 60_000);
  const more = [
    minutes === null ? undefined : pages.login.again(minutes),
    known?.detail,
    known?.error === 'internal' && known.traceId !== undefined ? common.trace(known.traceId) : undefined,
  ].filter((line) => line !== undefined);
  return (
    <Alert
      type="error"
      showIcon
      title={what}
      description={more.length > 0 ? more.join(' · ') : undefined}
      action={
        onRetry === undefined ? undefined : (
          <Button size="small" onClick={() => void onRetry()}>
            {common.retry}
          </Button>
        )
      }
    />
  );
}

function nameOf({ error }: RequestProblem, names: Record<RequestProblem['error'], string>): string {
  return names[error] ?? error;
}
