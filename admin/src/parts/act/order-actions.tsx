import { Button } from 'antd';
import { useState } from 'react';
import type { ActionResult, OrderRow } from '../../../../src/http/admin/api.ts';
import { useText } from '../../text/use-text.ts';
import { ConfirmDeed } from './confirm-deed.tsx';
import { type Deed, deedsOf, isGrave, nameOf, type Possible } from './deed.ts';
import { useAct } from './use-act.ts';

interface Props {
  order: OrderRow;
  possible: Possible;
  onResult(result: ActionResult): void;
  /** `deed`: what was to be done, by its name. */
  onError(error: Error, deed: string): void;
}

/** A button for each thing that can be done with an order; each asks first. */
export function OrderActions({ order, possible, onResult, onError }: Props) {
  const text = useText();
  const [chosen, setChosen] = useState<Deed | null>(null);
  const act = useAct();

  const confirm = (deed: Deed) =>
    act.mutate(
      { orderNo: order.orderNo, deed },
      {
        onSuccess: onResult,
        onError: (error) => onError(error, nameOf(deed, text)),
        onSettled: () => setChosen(null),
      },
    );
  return (
    <div className="bar">
      {deedsOf(possible).map((deed) => (
        <Button key={nameOf(deed, text)} danger={isGrave(deed)} onClick={() => setChosen(deed)}>
          {nameOf(deed, text)}
        </Button>
      ))}
      {chosen !== null && (
        <ConfirmDeed
          order={order}
          deed={chosen}
          isPending={act.isPending}
          onConfirm={() => confirm(chosen)}
          onCancel={() => setChosen(null)}
        />
      )}
    </div>
  );
}
