import { Button, Result } from 'antd';
import { useText } from '../text/use-text.ts';

/** No such page, or a page that could not be fetched because the server has a newer version: load it afresh. */
export function ErrorPage() {
  const { common } = useText();
  return (
    <Result
      status="404"
      icon={<span />}
      title={common.missingPage}
      extra={
        <Button type="primary" href="/admin/">
          {common.retry}
        </Button>
      }
    />
  );
}
