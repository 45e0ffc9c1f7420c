import type { CloseCaveat } from '../../../../src/channel/built-in/about-channel.ts';
import type { LateDecision } from '../../../../src/order/late-payment.ts';

/** The names of actions, what they will do, and their outcomes. */
export const actions = {
  close: {
    name: '关闭订单',
    will: (channel: string) =>
      `将立即请求${channel}关闭此订单，并查单确认。确认后顾客无法再付款。如果查到已支付，则记为已支付，不会关闭。`,
    caveat: {
      soft: (channel) =>
        `若顾客从未发起付款，${channel}查不到此订单：本地先关闭，观察期内持续查单，到账的款项按“关单后支付”处理。`,
      wait: (channel) => `${channel}没有关单接口：订单会保持未结束，直到在通道侧过期，然后自动关闭。`,
      reverse: () => '付款码订单通过冲正关闭：如果顾客刚好已付款，款项会原路退回。',
    } satisfies Record<CloseCaveat, (channel: string) => string>,
  },
  cancel: {
    name: '撤销订单',
    unpaid: (channel: string) =>
      `将请求${channel}关闭此订单。若期间顾客已付款，则全额退款。之后订单为已撤销。`,
    paid: (channel: string, money: string) =>
      `此订单已支付。将通过${channel}向顾客全额退款 ${money}，此操作不可撤销。`,
    watched: '此订单已关闭。将标记为已撤销；之后若再有到账，一律退款。',
  },
  sync: {
    name: '同步状态',
    will: (channel: string) =>
      `将向${channel}查单，并据此更正订单：已支付则记为已支付，已关闭则记为已关闭，过期未支付则关闭。没有明确结果时不做任何修改。`,
  },
  reclose: {
    name: '重新关单',
    will: '将立即把此订单重新入队，由工作进程重试。正在撤销的继续撤销，观察期内的再查一次单。',
  },
  resend: {
    name: '重发通知',
    will: '将立即重新发送此订单的全部商户通知（包括已送达的）。事件号不变，商户可据此去重。',
  },
  late: {
    name: { refund: '退款', reopen: '恢复为已支付', handled: '标记为已处理' } satisfies Record<
      LateDecision,
      string
    >,
    refund: (channel: string, money: string) =>
      `将通过${channel}向顾客全额退款 ${money}，此操作不可撤销。订单先变为退款中，退款到账后变为已退款。`,
    reopen: (money: string) => `此订单将恢复为已支付（${money}），并通知商户。请确认商户仍能履约。`,
    handledCancel: '通道拒绝了退款。仅当款项已通过其他途径退回顾客时使用：订单将标记为已撤销，系统不再退款。',
    handled: '此订单将从待处理列表中移除，系统不再处理，也不会退款。仅当已在别处处理完毕时使用。',
  },
  confirm: (action: string) => `确认${action}`,
  keep: '返回',
  title: (action: string, orderNo: string) => `${action}：${orderNo}`,
  audited: '您的用户名、操作时间和 IP 会记入审计日志。',
  needsOperator: '只读角色不能执行操作，需要操作员或管理员权限。',
  nothing: '此订单目前没有可执行的操作。',
  heading: '操作',
  outcome: {
    closed: '已关闭：通道已确认，顾客无法再付款。',
    paid: '未关闭：此订单已支付，已记为已支付。',
    ended: '未执行：此订单此前已结束。',
    busy: '此订单正在被另一个操作处理。您的请求已记录，会自动执行。',
    pending: '尚未结束，会自动重试。',
    cancelled: '已撤销：没有人付款，或款项已退回。',
    cancelled_refunded: '已撤销，款项已退还顾客。',
    refused: '通道拒绝退款，需要人工处理。此订单已列入死信。',
    unsupported: '支付时间过久，通道不再支持退款。未做任何修改。',
    synced: '已同步：与通道一致。',
    repaired: '已同步：已按通道的结果更正订单。',
    unreachable: '通道没有返回可用的应答。未做任何修改。',
    skipped: '此订单暂时无法修改（被锁定或数据异常），仍为死信，请稍后再试。',
    enqueued: '已入队，工作进程即将处理。',
    running: '正在执行一次尝试；若未能结束订单，会立即再试。',
    left_to_sweep: '已在数据库中标记为到期；队列暂时不可用，由兜底扫描处理。',
    decided_refund: '已开始退款。',
    decided_reopen: '已恢复为已支付。',
    decided_handled: '已标记为已处理。',
    nothing_to_decide: '没有待处理的关单后支付：可能已有人处理。',
    nothing_to_resend: '此订单没有商户通知。',
    not_found: '订单不存在。',
    not_due: '尚未到期。',
  } as Record<string, string>,
  resent: (count: number) => `将重新发送 ${count} 条通知。`,
  reason: (reason: string) => `原因：${reason}`,
  answer: (answer: string) => `通道应答：${answer}`,
  again: (when: string) => `下次尝试：${when}`,
  nowIs: (status: string) => `订单状态：${status}`,
};
