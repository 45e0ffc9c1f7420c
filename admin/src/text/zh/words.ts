import type { BuiltInChannel, PayMethod } from '../../../../src/channel/channel.ts';
import type { ApiProblem, OrderState, Role } from '../../../../src/http/admin/api.ts';
import type { LatePaymentPolicy } from '../../../../src/order/late-payment.ts';
import type { Ending, OrderStatus, PendingReason } from '../../../../src/order/order.ts';
import type { CloseTrigger, SyncStatus } from '../../../../src/order/outcomes.ts';

/** The words for what the server names by codes. A code that is not here is shown as it is. */
export const words = {
  channel: { wechat_pay: '微信支付', ali_pay: '支付宝', union_pay: '云闪付' } satisfies Record<
    BuiltInChannel,
    string
  >,
  method: {
    wap: '手机网页',
    app: '应用',
    web: '网页',
    qrcode: '扫码',
    barcode: '付款码',
    jsapi: '公众号/小程序',
    other: '其他',
    normal: '普通',
  } satisfies Record<PayMethod, string>,
  status: {
    progress: '支付中',
    success: '已支付',
    close: '已关闭',
    cancel: '已撤销',
    refunding: '退款中',
    refunded: '已退款',
  } satisfies Record<OrderStatus, string>,
  state: {
    open: '未结束',
    overdue: '已过期未关闭',
    stuck: '卡住（死信）',
    watched: '观察期内',
    late: '关单后支付',
  } satisfies Record<OrderState, string>,
  ending: {
    expiry: '到期关闭',
    close: '立即关闭',
    reverse: '冲正关闭',
    cancel: '撤销',
  } satisfies Record<Ending, string>,
  reason: {
    user_paying: '用户正在支付',
    rate_limited: '通道限流',
    unreachable: '通道无应答',
    misconfigured: '密钥或配置有误',
    not_confirmed: '通道尚未确认关闭',
    too_early: '通道侧尚不能结束',
    mismatch: '金额或商户不符',
    refunding: '退款处理中',
    not_enough: '商户余额不足',
  } satisfies Record<PendingReason, string>,
  channelDown: '通道熔断中，未询问',
  trigger: {
    api: '接口',
    admin: '管理后台',
    timeout: '到期任务',
    sweep: '兜底扫描',
    manual: '命令行',
  } satisfies Record<CloseTrigger['kind'], string>,
  closeType: {
    close: '关闭',
    cancel: '撤销',
    sync: '同步',
    watch: '观察',
    refund: '退款',
    late: '关单后支付',
  } as Record<string, string>,
  /** Of an attempt; why it is still pending is in `reason`. */
  attempt: {
    closed: '已关闭',
    paid: '已支付',
    cancelled: '已撤销',
    refunded: '已退款',
    refused: '通道拒绝退款',
    late: '发现关单后支付',
    payable: '发现仍可支付',
    overtaken: '被其他操作抢先',
    refund: '决定退款',
    reopen: '决定恢复为已支付',
    handled: '标记为已处理',
  } as Record<string, string>,
  /** What a channel says when it is asked. */
  says: {
    paid: '已支付',
    refunded: '已退款',
    unpaid: '未支付',
    user_paying: '用户正在支付',
    closed: '已关闭',
    not_found: '无此订单',
    mismatch: '订单信息不符',
    unknown: '无法确定',
    rate_limited: '通道限流',
    misconfigured: '密钥或配置有误',
    not_configured: '未配置该通道账户',
  } as Record<string, string>,
  /** What a sync finds at a channel. */
  channelStatus: {
    pay_success: '已支付',
    pay_progress: '支付中',
    pay_closed: '已关闭',
    pay_refund: '已退款',
    pay_not_found: '无此订单',
    pay_not_found_unknown: '无此订单，尚不能确定',
    pay_fail: '支付失败',
    pay_timeout: '已超时',
  } satisfies Record<SyncStatus, string> as Record<string, string>,
  notification: {
    recorded: '已入账',
    repeated: '重复通知',
    late: '关单后支付',
    mismatch: '金额或商户不符',
    unknown_order: '未知订单',
    ignored: '与支付无关',
  } as Record<string, string>,
  notice: {
    pending: '等待发送',
    delivered: '已送达',
    given_up: '已放弃',
    sending: '发送中',
    interrupted: '发送中断',
    timeout: '超时',
    unreachable: '无法连接',
    wrong_status: '状态码不是 200',
    wrong_answer: '应答不是 SUCCESS',
    refused_url: '地址不允许',
    unwritable: '内容无法生成',
  } as Record<string, string>,
  refund: {
    pending: '处理中',
    done: '已到账',
    refused: '通道拒绝',
  } as Record<string, string>,
  violation: { paid: '已关闭的订单收到了钱', payable: '已关闭的订单仍可支付' },
  role: { viewer: '只读', operator: '操作员', admin: '管理员' } satisfies Record<Role, string>,
  policy: { refund: '自动退款', reopen: '按时支付则恢复', manual: '人工处理' } satisfies Record<
    LatePaymentPolicy,
    string
  >,
  problem: {
    bad_request: '请求有误',
    not_signed_in: '请重新登录',
    not_allowed: '您的角色无权执行此操作',
    bad_csrf: '会话已更新，请重试',
    bad_login: '用户名或密码不正确',
    locked: '尝试次数过多，账户已暂时锁定',
    too_many: '操作过于频繁',
    not_found: '没有找到',
    unavailable: '服务暂时不可用',
    internal: '服务器内部错误',
  } satisfies Record<ApiProblem['error'], string>,
};
