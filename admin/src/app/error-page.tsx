import { Button, Result } from 'antd';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { useText } from '../text/use-text.ts';

/** A page that could not be fetched or shown (perhaps the server has a newer version): load it afresh. */
export function ErrorPage() {
  return <Failure isMissing={isRouteErrorResponse(useRouteError())} />;
}

export function MissingPage() {
  return <Failure isMissing />;
}

function Failure({ isMissing }: { isMissing: boolean }) {
  const { common } = useText();
  return (
    <Result
      status={isMissing ? '404' : 'error'}
      icon={<span />}
      title={<h1>{isMissing ? common.missingPage : common.failed}</h1>}
      extra={
        <Button type="primary" href="/admin/">
          {common.retry}
        </Button>
      }
    />
  );
}
