import { Spin } from 'antd';
import { useText } from '../../text/use-text.ts';

export function Waiting() {
  const { common } = useText();
  return (
    <div role="status" style={{ padding: 48, textAlign: 'center' }}>
      <Spin />
      <span className="unseen">{common.loading}</span>
    </div>
  );
}
