import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ActionResult, OrderDetail } from '../../../../src/http/admin/api.ts';
import { post } from '../../api/request.ts';
import type { Deed } from './deed.ts';

/** Has a deed done with an order; afterwards the page shows the order as it is then. Never repeated by itself. */
export function useAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ orderNo, deed }: { orderNo: string; deed: Deed }) =>
      post<ActionResult>(
        `/orders/${encodeURIComponent(orderNo)}/${deed.action}`,
        deed.action === 'late' ? { decision: deed.decision } : {},
      ),
    retry: false,
    onSuccess: ({ order }) =>
      client.setQueryData<OrderDetail>(
        ['order', order.orderNo],
        (detail) => detail && { ...detail, order: { ...detail.order, ...order } },
      ),
    onSettled: () => {
      for (const key of ['order', 'orders', 'stuck', 'late', 'records', 'figures'])
        void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
