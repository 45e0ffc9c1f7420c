import { Button } from 'antd';
import { useState } from 'react';
import type { ActionResult, OrderRow } from '../../../../src/http/admin/api.ts';
import { useText } from '../../text/use-text.ts';
import {
  type ActionRequest,
  isDestructive,
  nameOf,
  type PossibleActions,
  requestsOf,
} from './action-request.ts';
import { ConfirmAction } from './confirm-action.tsx';
import { useAct } from './use-act.ts';

interface Props {
  order: OrderRow;
  possible: PossibleActions;
  onResult(result: ActionResult): void;
  /** `action`: the name of the action. */
  onError(error: Error, action: string): void;
}

/** A button for each possible action; each asks for confirmation. */
export function OrderActions({ order, possible, onResult, onError }: Props) {
  const text = useText();
  const [chosen, setChosen] = useState<ActionRequest | null>(null);
  const act = useAct();

  const confirm = (request: ActionRequest) =>
    act.mutate(
      { orderNo: order.orderNo, request },
      {
        onSuccess: onResult,
        onError: (error) => onError(error, nameOf(request, text)),
        onSettled: () => setChosen(null),
      },
    );
  return (
    <div className="bar">
      {requestsOf(possible).map((request) => (
        <Button
          key={nameOf(request, text)}
          danger={isDestructive(request)}
          onClick={() => setChosen(request)}
        >
          {nameOf(request, text)}
        </Button>
      ))}
      {chosen !== null && (
        <ConfirmAction
          order={order}
          request={chosen}
          isPending={act.isPending}
          onConfirm={() => confirm(chosen)}
          onCancel={() => setChosen(null)}
        />
      )}
    </div>
  );
}
