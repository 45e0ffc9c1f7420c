import { nowMs, type World } from '../world.ts';

/**
 * Whether a refund that the merchant asked for by a number has been accepted for this order and has not moved the money
 * yet. Alipay's answers do not always tell these apart: of its orders never.
 */
export function isRefundUnderWay(world: World, orderNo: string): boolean {
  const byNumber = [
    ...[...world.wechat.refunds.values()].map((refund) => ({ ...refund, number: refund.refundNo })),
    ...[...world.unionpay.giveBacks.values()].map((refund) => ({ ...refund, number: refund.orderId })),
  ];
  return byNumber.some(
    (refund) =>
      refund.orderNo === orderNo && !refund.number.startsWith('SIM') && refund.settlesAt > nowMs(world),
  );
}
