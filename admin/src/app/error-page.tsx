import { Button, Result } from 'antd';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { useText } from '../text/use-text.ts';

/** Shown if a page could not be loaded or rendered (the server may have a newer version): offers a reload. */
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
