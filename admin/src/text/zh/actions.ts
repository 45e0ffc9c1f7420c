import type { CloseCaveat } from '../../../../src/channel/built-in/about-channel.ts';
import type { LateDecision } from '../../../../src/order/late-payment.ts';

/** What an action is called, what it says that it will do, and what it says afterwards. */
export const actions = {
  close: {
    name: '关闭订单',
    will: (channel: string) =>
      `将立即请求${channel}关闭此订单，并查单确认。确认之后顾客不能再付款。如果查到已经支付，则记为已支付，不会关闭。`,
    caveat: {
      soft: (channel) =>
        `若顾客从未打开过付款，${channel}查不到此订单：本系统先关闭，并在观察期内继续核对，到账的钱按“关单后支付”处理。`,
      wait: (channel) => `${channel}没有关单接口：交易时间结束之前订单会保持未结束，之后自动关闭。`,
      reverse: () => '付款码订单通过冲正关闭：如果顾客恰好已付款，钱会退回顾客。',
    } satisfies Record<CloseCaveat, (channel: string) => string>,
  },
  cancel: {
    name: '撤销订单',
    unpaid: (channel: string) =>
      `将请求${channel}关闭此订单。若期间顾客已付款，钱会全额退回。之后订单为已撤销。`,
    paid: (channel: string, money: string) =>
      `此订单已经支付。将通过${channel}把 ${money} 全额退回顾客，此操作无法撤回。`,
    watched: '此订单已关闭。将记为已撤销；之后若再有到账，一律退回。',
  },
  sync: {
    name: '同步状态',
    will: (channel: string) =>
      `将向${channel}查单，并按查到的结果更正本系统：已支付则记为已支付，已关闭则记为已关闭，已过期未支付则关闭。查不到结果时什么都不改。`,
  },
  reclose: {
    name: '重新关单',
    will: '将把此订单立即排入关闭队列，由工作进程重新尝试。原本要撤销的继续撤销，观察中的再核对一次。',
  },
  resend: {
    name: '重发通知',
    will: '将把此订单的全部商户通知立即重新发送（包括已送达的）。事件号不变，商户可据此去重。',
  },
  late: {
    name: { refund: '退款', reopen: '恢复为已支付', handled: '标记为已处理' } satisfies Record<
      LateDecision,
      string
    >,
    refund: (channel: string, money: string) =>
      `将通过${channel}把 ${money} 全额退回顾客，此操作无法撤回。订单先变为退款中，到账后为已退款。`,
    reopen: (money: string) => `此订单将恢复为已支付（${money}），并通知商户。请确认商户仍能履约。`,
    handledCancel:
      '通道拒绝了退款。请只在钱已通过其他途径退回顾客后使用：此订单将记为已撤销，本系统不再退款。',
    handled: '此订单将从待处理列表移除，本系统不再做任何事，也不会退款。请只在别处已处理完毕时使用。',
  },
  confirm: (action: string) => `确认${action}`,
  keep: '不执行',
  title: (action: string, orderNo: string) => `${action}：${orderNo}`,
  audited: '您的姓名、时间和 IP 会写入审计。',
  needsOperator: '只读角色不能执行操作，需要操作员或管理员。',
  nothing: '此订单现在没有可执行的操作。',
  heading: '操作',
  outcome: {
    closed: '已关闭：通道已确认，顾客不能再付款。',
    paid: '没有关闭：此订单已经支付，已记为已支付。',
    ended: '没有做任何事：此订单之前已经结束。',
    busy: '另一个操作正在处理此订单。您的请求已记下，会自动继续。',
    pending: '尚未结束，会自动继续。',
    cancelled: '已撤销：没有人付款，或钱已经退回。',
    cancelled_refunded: '已撤销，钱已退回顾客。',
    refused: '通道拒绝退款，需要人工处理。此订单已列入死信。',
    unsupported: '支付时间太久，通道不再支持退款。什么都没有改变。',
    synced: '已同步：与通道一致。',
    repaired: '已同步：本系统已按通道的结果更正。',
    unreachable: '通道没有给出可用的应答。什么都没有改变。',
    skipped: '此订单暂时无法修改（被锁定或数据有误），仍然卡住，请稍后再试。',
    enqueued: '已排入关闭队列，马上由工作进程处理。',
    running: '一次尝试正在进行；若未结束，下一次会立即跟上。',
    left_to_sweep: '已记为到期；队列暂时不可用，由兜底扫描处理。',
    decided: '已按您的决定执行。',
    nothing_to_decide: '没有待处理的关单后支付：可能已有人处理。',
    nothing_to_resend: '此订单没有商户通知。',
    not_found: '没有找到此订单。',
    not_due: '尚未到期。',
  } as Record<string, string>,
  resent: (count: number) => `${count} 条通知将重新发送。`,
  reason: (reason: string) => `原因：${reason}`,
  answer: (answer: string) => `通道应答：${answer}`,
  again: (when: string) => `下次尝试：${when}`,
  nowIs: (status: string) => `订单状态：${status}`,
};
