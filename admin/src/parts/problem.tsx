import { Alert, Button } from 'antd';
import { RequestProblem } from '../api/request.ts';
import { useText } from '../text/use-text.ts';

interface Props {
  error: Error;
  /** The action that failed, if it was not loading. */
  doing?: string;
  onRetry?: () => unknown;
}

/** Why loading or an action failed, with the trace id to search the server's log for. */
export function Problem({ error, doing, onRetry }: Props) {
  const { common, words, pages } = useText();
  const known = error instanceof RequestProblem ? error : null;
  const isDatabase = known?.error === 'unavailable' && known.detail === 'database';
  const what = isDatabase
    ? words.noDatabase
    : known === null
      ? common.failed
      : nameOf(known, { ...words.problem, network: common.network });
  const minutes = known?.retryAfterMs === undefined ? null : Math.ceil(known.retryAfterMs / 60_000);
  const more = [
    minutes === null ? undefined : pages.login.again(minutes),
    isDatabase ? undefined : known?.detail,
    known?.error === 'internal' && known.traceId !== undefined ? common.trace(known.traceId) : undefined,
  ].filter((line) => line !== undefined);
  return (
    <Alert
      type="error"
      showIcon
      title={doing === undefined ? what : `${doing}: ${what}`}
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
