import { Modal } from 'antd';
import type { OrderRow } from '../../../../src/http/admin/api.ts';
import { useText, wordFor } from '../../text/use-text.ts';
import { Pair } from '../lists/rows.tsx';
import { OrderState } from '../order/order-status.tsx';
import { yuan } from '../yuan.ts';
import { type ActionRequest, describeAction, isDestructive, nameOf } from './action-request.ts';

interface Props {
  order: OrderRow;
  request: ActionRequest;
  isPending: boolean;
  onConfirm(): void;
  onCancel(): void;
}

/** Shows the order and exactly what will be done; nothing is done before it is confirmed. */
export function ConfirmAction({ order, request, isPending, onConfirm, onCancel }: Props) {
  const text = useText();
  const { actions, common, words } = text;
  const name = nameOf(request, text);
  return (
    <Modal
      open
      title={actions.title(name, order.orderNo)}
      okText={actions.confirm(name)}
      cancelText={actions.keep}
      okButtonProps={{ danger: isDestructive(request) }}
      confirmLoading={isPending}
      onOk={onConfirm}
      onCancel={onCancel}
    >
      <div className="stack">
        <dl className="pairs">
          <Pair name={common.bizOrderNo}>
            <span className="code">{order.bizOrderNo}</span>
          </Pair>
          <Pair name={common.amount}>
            <strong className="number">{yuan(order.amountFen)}</strong> ·{' '}
            {wordFor(words.channel, order.channel)} · {words.method[order.method]}
          </Pair>
          <Pair name={common.status}>
            <OrderState order={order} />
          </Pair>
        </dl>
        {describeAction(request, order, text).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p className="soft">{actions.audited}</p>
      </div>
    </Modal>
  );
}
