import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ActionResult, OrderDetail } from '../../../../src/http/admin/api.ts';
import { post } from '../../api/request.ts';
import type { ActionRequest } from './action-request.ts';

/** Performs an action on an order, and updates the page with the order afterwards. Never retried automatically. */
export function useAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ orderNo, request }: { orderNo: string; request: ActionRequest }) =>
      post<ActionResult>(
        `/orders/${encodeURIComponent(orderNo)}/${request.action}`,
        request.action === 'late' ? { decision: request.decision } : {},
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
