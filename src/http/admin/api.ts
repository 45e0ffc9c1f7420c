import type { ChannelName, PayMethod } from '../../channel/channel.ts';
import type { ChannelPart } from '../../channel/parts.ts';
import type { LateDecision } from '../../order/late-payment.ts';
import type { Ending, OrderStatus, PendingReason, ViolationKind } from '../../order/order.ts';
import type { RecloseOutcome } from '../../order/stuck/reclose.ts';
import type { OrderState } from '../../view/orders/order-state.ts';

export type { OrderState } from '../../view/orders/order-state.ts';

/**
 * What the admin page and its server say to each other: JSON under `/admin/api`. Moments are ISO 8601 in UTC, money is
 * in fen, durations are in ms. The server writes these types and the page reads them; nothing else depends on them.
 *
 * What the page asks for by itself carries `x-background: 1`, and keeps no session from ending unused.
 *
 * A failure is an HTTP status with `ApiProblem`: 400 `bad_request`, 401 `not_signed_in`, 403 `not_allowed` or
 * `bad_csrf`, 404 `not_found`, 423 `locked`, 429 `too_many`, 500 `internal`.
 */
export interface ApiProblem {
  error:
    | 'bad_request'
    | 'not_signed_in'
    | 'not_allowed'
    | 'bad_csrf'
    | 'bad_login'
    | 'locked'
    | 'too_many'
    | 'not_found'
    | 'unavailable'
    | 'internal';
  /**
   * Of the request's field that is wrong, or which role is needed; of what is `unavailable`, `database` where it is that.
   * Never anything secret.
   */
  detail?: string;
  /** For `locked` and `too_many`: when to try again, ms from now. */
  retryAfterMs?: number;
  /** The first 12 digits of the request's trace, by which the log is searched. */
  traceId: string;
}

/** viewer reads; operator also acts on orders; admin also sees the audit trail and Bull Board. */
export type Role = 'viewer' | 'operator' | 'admin';

/** `POST /login` {name, password}, `GET /me`: who is signed in. Unsafe requests carry `csrf` as `x-csrf-token`. */
export interface Me {
  name: string;
  role: Role;
  csrf: string;
  /** The server's version, and its clock, by which the page counts down. */
  version: string;
  now: string;
}

/** How a list goes on: pass it back as `after`; null: this was the last page. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

/** What an order's timer shows to people. */
export interface OrderRow {
  orderNo: string;
  bizOrderNo: string;
  channelTradeNo: string | null;
  channel: ChannelName;
  method: PayMethod;
  title: string;
  amountFen: number;
  /** The state that merchants are shown. */
  status: OrderStatus;
  ending: Ending;
  createdAt: string;
  expiresAt: string;
  paidAt: string | null;
  closedAt: string | null;
  latePaidAt: string | null;
  lateHandledAt: string | null;
  watchUntil: string | null;
  nextCloseAt: string | null;
  closeAttempts: number;
  retryReason: PendingReason | null;
  stuckAt: string | null;
}

/**
 * `GET /orders`: newest first. `search` finds any number by its whole (ours, the merchant's, the channel's, the id) and
 * ours and the merchant's by their beginning too (of those that share a beginning, among the 1000 highest). Of overdue
 * ones, among the 10,000 that have been for longest. Created from
 * `createdFrom` on and before `createdTo`. `limit` is 50 unless given, at most 200. The answer is a `Page<OrderRow>`.
 */
export interface OrdersQuery {
  search?: string;
  status?: OrderStatus;
  channel?: ChannelName;
  state?: OrderState;
  createdFrom?: string;
  createdTo?: string;
  limit?: number;
  after?: string;
}

/** One moment in an order's life. `at` orders them; `summary` says it in the channel's or the merchant's words. */
export type TimelineEvent =
  | { kind: 'created'; at: string; clientIp: string | null; apiGeneration: string | null }
  | { kind: 'notification'; at: string; eventId: string; outcome: string }
  | {
      kind: 'attempt';
      at: string;
      closeType: string;
      trigger: string;
      attempt: number;
      outcome: string;
      queryBefore: string | null;
      closeAnswer: string | null;
      queryAfter: string | null;
      statusBefore: string;
      statusAfter: string;
      actor: string | null;
      clientIp: string | null;
      note: string | null;
    }
  | {
      kind: 'refund';
      at: string;
      refundNo: string;
      amountFen: number;
      reason: string;
      state: string;
      answer: string | null;
      endedAt: string | null;
    }
  | {
      kind: 'notice';
      at: string;
      eventId: string;
      event: OrderStatus;
      host: string;
      state: string;
      attempts: NoticeTry[];
      nextAt: string | null;
    }
  | { kind: 'violation'; at: string; violation: ViolationKind };

export interface NoticeTry {
  at: string;
  outcome: string;
  httpStatus: number | null;
  durationMs: number | null;
  answer: string | null;
}

/** `GET /orders/:orderNo`. */
export interface OrderDetail {
  order: OrderRow & {
    id: string;
    description: string | null;
    attach: string | null;
    notifyUrl: string | null;
    clientIp: string | null;
    apiGeneration: string | null;
    channelAccount: string;
    errorMsg: string | null;
  };
  timeline: TimelineEvent[];
  /** What can be done with it now, by somebody whose role allows it. */
  actions: OrderAction[];
  /** What may be decided with the action `late`. */
  lateDecisions: LateDecision[];
}

/** `POST /orders/:orderNo/<action>`: one of these; `late` has a body {decision}. */
export const orderActions = ['close', 'cancel', 'sync', 'reclose', 'resend', 'late'] as const;
export type OrderAction = (typeof orderActions)[number];

/** What came of an action: the outcome's kind, and what else it says. `order` as it is afterwards. */
export interface ActionResult {
  action: OrderAction;
  decision?: LateDecision;
  /** Of the use case: closed, paid, ended, busy, pending, cancelled, refused, synced, enqueued, decided … */
  outcome: string;
  /** pending: why. */
  reason?: string;
  /** The channel's word, where there is one. */
  answer?: string;
  retryAt?: string;
  /** resend: how many notices. */
  count?: number;
  /** sync: what the channel says, and whether that changed the order. */
  channelStatus?: string;
  repaired?: boolean;
  /** cancel: it had been paid, and the money has gone back. */
  refunded?: boolean;
  order: OrderRow;
}

/** `GET /close-records`: newest first (关闭记录), a `Page<CloseRecordRow>`. */
export interface CloseRecordRow {
  id: string;
  orderNo: string;
  bizOrderNo: string;
  channel: ChannelName;
  closeType: string;
  trigger: string;
  attempt: number;
  outcome: string;
  answer: string | null;
  statusBefore: string;
  statusAfter: string;
  actor: string | null;
  clientIp: string | null;
  at: string;
}

export interface CloseRecordsQuery {
  search?: string;
  channel?: ChannelName;
  trigger?: string;
  outcome?: string;
  limit?: number;
  after?: string;
}

/** `GET /stuck`: stuck longest first (死信), a `Page<StuckRow>`. */
export interface StuckRow extends OrderRow {
  answer: string | null;
}
export interface StuckQuery {
  channel?: ChannelName;
  reason?: PendingReason;
  limit?: number;
  after?: string;
}

/**
 * `POST /stuck/ask`: a dry run, what the channels say now; the answer is a `ChannelSaysList`. Body and that of
 * `/stuck/reclose`.
 */
export interface StuckWish {
  /** Of these, 1 to 200; else of all that the filter means. Together with a filter: of these alone that it means. */
  orderNos?: string[];
  channel?: ChannelName;
  reason?: PendingReason;
}
export interface ChannelSaysRow {
  order: OrderRow;
  /** The kind of the channel's answer to a query. */
  says: string;
  answer: string;
}
/**
 * At most 200 orders, and as many as can be asked about in ten seconds; `isCut`: there were more. 429 `too_many` while
 * another dry run is under way.
 */
export interface ChannelSaysList {
  rows: ChannelSaysRow[];
  isCut: boolean;
}
/**
 * `POST /stuck/reclose`, a `RecloseWish`: begins again with at most 500 of them, and 20 become due in a second. Where
 * there are more, `next` is not null, and the same wish with it as `after` goes on. One that is not stuck any more counts
 * as ended. With `orderNos` each has its outcome, else there are counts.
 */
export interface RecloseWish extends StuckWish {
  after?: string;
}
export interface RecloseResult {
  enqueued: number;
  ended: number;
  /** Could not be changed now, and stay stuck: the row is locked, or its data is at fault. */
  skipped: string[];
  lastAt: string | null;
  orders: { orderNo: string; outcome: RecloseOutcome['kind'] | 'skipped' }[];
  next: string | null;
}

/** `GET /late`: late payments (关单后支付) that wait for a person: rows of `OrderRow`. */
export interface LateList {
  rows: OrderRow[];
  violations: number;
  policy: string;
}

/** `GET /violations`: closed orders that turned out to be paid or payable, newest first, a `Page<ViolationRow>`. */
export interface ViolationRow {
  orderNo: string;
  channel: ChannelName;
  kind: ViolationKind;
  foundAt: string;
}

/** `GET /audit`, for admins: newest first. */
export interface AuditRow {
  id: string;
  at: string;
  actor: string;
  ip: string | null;
  action: string;
  /** An order number, a user's name, or null. */
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}

/** `GET /figures`: the dashboard. Counts stop at 100,000, those of one minute at 20,000: so many or more. */
export interface Figures {
  now: string;
  /** Orders that expire in each of the next 60 minutes. */
  dueNextHour: { at: string; count: number }[];
  /** Orders that closed, and that were paid, in each of the last 60 minutes. */
  perMinute: { at: string; closed: number; paid: number }[];
  /** Of orders that expired unpaid: ms from expiry to close, over the last 24 hours, at most the last 5,000 of each channel. */
  lateness: { channel: ChannelName; count: number; p50Ms: number | null; p99Ms: number | null }[];
  /** Open orders whose time to be closed has passed, and since when the oldest of them. */
  overdue: { count: number; oldestAt: string | null };
  stuck: number;
  lateWaiting: number;
  violations: number;
  /** Open orders of each channel. */
  open: { channel: ChannelName; count: number }[];
  /** Notices to merchants: waiting, of these overdue, and given up. */
  notices: { pending: number; overdue: number; givenUp: number };
  /** Of BullMQ, or null where Redis is away or unusable. */
  queues: { channel: ChannelName; waiting: number; delayed: number; active: number; failed: number }[] | null;
  /** Whether Redis can hold the timers; `reason` is its message, `paused` are channels whose queue another program paused. */
  redis: { state: 'ok' | 'away' | 'refuses' | 'unusable'; reason: string | null; paused: ChannelName[] };
  /** Processes that have been seen in the last day. */
  processes: ProcessFigures[];
}

export interface ProcessFigures {
  /** host:pid. */
  name: string;
  version: string;
  serves: boolean;
  works: boolean;
  startedAt: string;
  seenAt: string;
  /** It has been seen lately. */
  isAlive: boolean;
  /** Its sweep last ran; null: it does not work. */
  sweptAt: string | null;
  /**
   * Channels (`operation` is `all`), or operations of them, that are out of order for it (熔断), and until when. `method` null:
   * for every method.
   */
  outOfOrder: (ChannelPart & { channel: ChannelName; until: string })[];
}

/**
 * `GET /events`: server-sent events without a name (`onmessage`), each with a `LiveEvent` as its data. `order`: an order
 * that has changed, as it is now (at most about one event a second for each order); the first events are of what has
 * changed in the last half minute. `figures`: something in the figures has changed, fetch them again; at most every 5 s.
 * `missed`: more has changed than is told, fetch again all that is shown; only near the beginning. `database`: it cannot be
 * read, or can be again: then fetch again all that is shown. A comment every 15 s.
 * A user has at most 10 of these streams: 429 `too_many`.
 */
export type LiveEvent =
  | { type: 'order'; order: OrderRow }
  | { type: 'figures' }
  | { type: 'missed' }
  | { type: 'database'; isAway: boolean };
