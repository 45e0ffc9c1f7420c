import type { ChannelName } from '../../channel/channel.ts';
import type { ChannelPart } from '../../channel/parts.ts';
import type { Answers } from '../../order/answers.ts';
import type { LateDecision } from '../../order/late-payment.ts';
import type { OrderStatus, PendingReason, ViolationKind } from '../../order/order.ts';
import type { RecloseOutcome } from '../../order/requests/reclose.ts';
import type { OrderDetailView } from '../../view/orders/order-detail.ts';
import type { OrderView } from '../../view/orders/order-row.ts';
import type { OrderState } from '../../view/orders/order-state.ts';
import type { Serialized } from './unserialized.ts';

export type { OrderState } from '../../view/orders/order-state.ts';

/**
 * The API between the admin page and its server: JSON under `/admin/api`. Times are ISO 8601 in UTC, money is in fen,
 * durations are in ms. The server writes these types and the page reads them; nothing else depends on them.
 *
 * Requests that the page makes without user input carry `x-background: 1` and do not extend the session.
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
   * The invalid field, or the role that is required; for `unavailable`: `database` or `redis`. Never a secret.
   */
  detail?: string;
  /** For `locked` and `too_many`: when to try again, ms from now. */
  retryAfterMs?: number;
  /** The first 12 digits of the request's trace id; search the log for it. */
  traceId: string;
}

/** A viewer reads; an operator also acts on orders; an admin also sees the audit trail and Bull Board. */
export type Role = 'viewer' | 'operator' | 'admin';

/** `POST /login` {name, password}, `GET /me`: who is signed in. Unsafe requests carry `csrf` as `x-csrf-token`. */
export interface Me {
  name: string;
  role: Role;
  csrf: string;
  /** The server's version, and its clock, which the page's countdowns use. */
  version: string;
  now: string;
}

/** One page of a list. `next`: pass it as `after` to get the next page; null on the last page. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

/** An order in a list. `status` is the one that merchants see. */
export type OrderRow = Serialized<OrderView>;

/**
 * `GET /orders`: newest first. `search` matches a complete number of any kind (ours, the merchant's, the channel's, the id),
 * or a prefix of ours or the merchant's (the 1000 highest with that prefix). Expired orders that are still open are limited to
 * the 10,000 that expired first. `createdFrom` is inclusive, `createdTo` exclusive. `limit` defaults to 50, at most 200. Returns
 * a `Page<OrderRow>`.
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

/** One event in an order's history, sorted by `at`. `answer`: the channel's or merchant's own text. */
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
      answers: Answers;
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
  /** It is in the archive; an action moves it back. */
  isArchived: boolean;
  order: Serialized<OrderDetailView['order']>;
  timeline: TimelineEvent[];
  /** The actions that are possible now, for a user whose role allows them. */
  actions: OrderAction[];
  /** The decisions that the action `late` accepts now. */
  lateDecisions: LateDecision[];
}

/** `POST /orders/:orderNo/<action>`: one of these; `late` needs the body {decision}. */
export const orderActions = ['close', 'cancel', 'sync', 'reclose', 'resend', 'late'] as const;
export type OrderAction = (typeof orderActions)[number];

/** The result of an action: the kind of the outcome, and its details. `order` is the order afterwards. */
export interface ActionResult {
  action: OrderAction;
  decision?: LateDecision;
  /** From the use case: closed, paid, ended, busy, pending, cancelled, refused, synced, enqueued, decided … */
  outcome: string;
  /** pending: the reason. */
  reason?: string;
  /** The channel's answer, if there is one. */
  answer?: string;
  retryAt?: string;
  /** resend: how many notices. */
  count?: number;
  /** sync: the channel's status, and whether it changed the order. */
  channelStatus?: string;
  repaired?: boolean;
  /** cancel: the order was paid, and has been refunded. */
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

/** `POST /stuck/ask`: a dry run; queries the channels and returns a `DryRunResult`. `/stuck/reclose` takes the same fields. */
export interface StuckRequest {
  /** Only these, 1 to 200; without it, all that the filter selects. With a filter: only those of them that it selects. */
  orderNos?: string[];
  channel?: ChannelName;
  reason?: PendingReason;
}
export interface DryRunRow {
  order: OrderRow;
  /** The kind of the channel's answer to the query. */
  says: string;
  answer: string;
}
/**
 * At most 200 orders, and only as many as can be queried in ten seconds; `isCut`: there were more. 429 `too_many` while
 * another dry run is running.
 */
export interface DryRunResult {
  rows: DryRunRow[];
  isCut: boolean;
}
/**
 * `POST /stuck/reclose`: starts at most 500 closes again, 20 per second. If `next` is not null there are more: repeat the
 * request with it as `after`. Orders that are no longer stuck count as ended. With `orderNos`, each order's outcome is
 * returned; otherwise only counts.
 */
export interface RecloseRequest extends StuckRequest {
  after?: string;
}
export interface RecloseResult {
  enqueued: number;
  ended: number;
  /** Could not be changed now, and stay stuck: the row is locked, or its data is faulty. */
  skipped: string[];
  lastAt: string | null;
  orders: { orderNo: string; outcome: RecloseOutcome['kind'] | 'skipped' }[];
  next: string | null;
}

/** `GET /late`: late payments (关单后支付) that need a decision, as `OrderRow`s. */
export interface LateList {
  rows: OrderRow[];
  violations: number;
  policy: string;
}

/** `GET /violations`: closed orders that turned out paid or payable, newest first, a `Page<ViolationRow>`. */
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
  /** An order number, a user name, or null. */
  subject: string | null;
  before: string | null;
  after: string | null;
  outcome: string;
}

/** `GET /figures`: the dashboard. Counts are capped at 100,000, counts per minute at 20,000. */
export interface Figures {
  now: string;
  /** Orders that expire in each of the next 60 minutes. */
  dueNextHour: { at: string; count: number }[];
  /** Orders that were closed, and orders that were paid, in each of the last 60 minutes. */
  perMinute: { at: string; closed: number; paid: number }[];
  /** Orders that expired unpaid: ms from expiry to close, over the last 24 hours, at most the last 5,000 per channel. */
  lateness: { channel: ChannelName; count: number; p50Ms: number | null; p99Ms: number | null }[];
  /** Open orders that are due to be closed, and when the oldest of them became due. */
  expired: { count: number; oldestAt: string | null };
  stuck: number;
  lateWaiting: number;
  violations: number;
  /** Open orders per channel. */
  open: { channel: ChannelName; count: number }[];
  /** Merchant notices: pending, how many of these are overdue, and given up. */
  notices: { pending: number; overdue: number; givenUp: number };
  /** BullMQ's counts; null while Redis is away or unusable. */
  queues: { channel: ChannelName; waiting: number; delayed: number; active: number; failed: number }[] | null;
  /** Whether Redis can hold the timers; `reason` is its error message, `paused` the channels whose queue was paused elsewhere. */
  redis: { state: 'ok' | 'away' | 'refuses' | 'unusable'; reason: string | null; paused: ChannelName[] };
  /** Processes seen in the last day. */
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
  /** It was seen recently. */
  isAlive: boolean;
  /** When its sweep last ran; null: this process runs no worker. */
  sweptAt: string | null;
  /**
   * Channels (`operation` is `all`) or operations whose circuit breaker is open in this process (熔断), and until when.
   * `method` null: for every method.
   */
  outOfOrder: (ChannelPart & { channel: ChannelName; until: string })[];
}

/**
 * `GET /events`: unnamed server-sent events (`onmessage`), each with a `LiveEvent` as its data. `order`: an order that
 * changed, in its current state (about one event per second and order at most); a new stream first receives the changes of
 * the last 30 s. `figures`: the figures changed, fetch them again; at most every 5 s. `missed`: too many changes, fetch
 * everything shown again; sent only near the start. `database`: it became unavailable, or is available again: then fetch
 * everything shown again. A comment is sent every 15 s. A user can have at most 10 streams: 429 `too_many`.
 */
export type LiveEvent =
  | { type: 'order'; order: OrderRow }
  | { type: 'figures' }
  | { type: 'missed' }
  | { type: 'database'; isAway: boolean };
