import { createHash, createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { ChannelName, NotificationReply, RawNotification } from '../../src/channel/channel.ts';
import type { Answer } from '../../src/http/daxpay/generations/generation.ts';
import { createServer, type ServerDeps } from '../../src/http/server.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type {
  CancelOutcome,
  CloseOutcome,
  CloseTrigger,
  CreateOrder,
  CreateOutcome,
  OrderNumbers,
  SyncOutcome,
} from '../../src/order/outcomes.ts';
import type { Logger } from '../../src/platform/log/logger.ts';
import { traceFields } from '../../src/platform/log/trace.ts';

/** The time of the answer in the documentation's example, epoch seconds. */
export const NOW_S = 1_715_347_771;
export const SECRET = '123456';

export const order: PaymentOrder = {
  id: '1753370980523384832',
  orderNo: 'AC20240510132931000ABCDEFGHJK',
  bizOrderNo: 'P0001',
  channel: 'wechat_pay',
  channelAccount: '1900000001',
  method: 'qrcode',
  title: 'a cup of tea',
  description: null,
  amountFen: 100,
  status: 'progress',
  attach: null,
  notifyUrl: null,
  returnUrl: null,
  notNotify: false,
  clientIp: null,
  apiGeneration: null,
  traceId: null,
  payBody: 'weixin://wxpay/bizpayurl?pr=abc',
  channelTradeNo: null,
  errorMsg: null,
  createdAt: new Date(NOW_S * 1000),
  createAttemptedAt: new Date(NOW_S * 1000),
  expiresAt: new Date((NOW_S + 900) * 1000),
  paidAt: null,
  closedAt: null,
  latePaidAt: null,
  lateHandledAt: null,
  watchUntil: null,
  ending: 'close',
  nextCloseAt: null,
  closeAttempts: 0,
  retryReason: null,
  retryCount: 0,
  stuckAt: null,
  leaseToken: null,
  leaseUntil: null,
};

interface LogLine {
  level: string;
  message: string;
  fields: Record<string, unknown>;
}

interface Asked {
  numbers: OrderNumbers;
  trigger: CloseTrigger;
}

/** The API with given outcomes, and a record of its calls. */
export interface Api {
  app: FastifyInstance;
  closes: Asked[];
  cancels: Asked[];
  syncs: Asked[];
  finds: OrderNumbers[];
  nonces: { key: string; ttlMs: number }[];
  creates: CreateOrder[];
  notifications: { channel: ChannelName; raw: RawNotification }[];
  log: LogLine[];
  /** Posts bytes. */
  post(url: string, body: string | Buffer, headers?: Record<string, string>): Promise<Reply>;
  /** Posts members; adds signature and current time unless they are given. */
  call(url: string, members: Record<string, unknown>): Promise<Reply>;
}

export interface Reply {
  status: number;
  contentType: unknown;
  text: string;
  /** Throws if the text is not JSON. */
  readonly json: Answer;
}

interface Options {
  closing?: () => Promise<CloseOutcome>;
  cancelling?: () => Promise<CancelOutcome>;
  finding?: () => Promise<PaymentOrder | null>;
  syncing?: () => Promise<SyncOutcome>;
  remembering?: ServerDeps['rememberNonce'];
  now?: () => Date;
  creating?: () => Promise<CreateOutcome>;
  receiving?: () => Promise<NotificationReply | null>;
  isHealthy?: () => Promise<boolean>;
  settings?: Partial<ServerDeps['settings']>;
  trustProxy?: string[];
  answerTimeoutMs?: number;
}

export function openApi(options: Options = {}): Api {
  const closes: Api['closes'] = [];
  const cancels: Api['cancels'] = [];
  const syncs: Api['syncs'] = [];
  const finds: Api['finds'] = [];
  const nonces: Api['nonces'] = [];
  const creates: Api['creates'] = [];
  const notifications: Api['notifications'] = [];
  const log: LogLine[] = [];
  const app = createServer({
    log: recordingLogger(log),
    clock: { now: options.now ?? (() => new Date(NOW_S * 1000)) },
    answerTimeoutMs: options.answerTimeoutMs,
    ...(options.trustProxy === undefined ? {} : { trustProxy: options.trustProxy }),
    newTraceId: () => 'JQWKpAeCJGlX',
    settings: {
      signSecret: SECRET,
      signType: 'HMAC_SHA256',
      signRequired: true,
      reqTimeToleranceS: 300,
      ...options.settings,
    },
    async closeOrder(numbers, trigger) {
      closes.push({ numbers, trigger });
      return options.closing?.() ?? { kind: 'closed', order };
    },
    async cancelOrder(numbers, trigger) {
      cancels.push({ numbers, trigger });
      return (
        options.cancelling?.() ?? {
          kind: 'cancelled',
          order: { ...order, status: 'cancel' },
          refunded: false,
        }
      );
    },
    async findOrder(numbers) {
      finds.push(numbers);
      return options.finding === undefined ? order : options.finding();
    },
    async syncOrder(numbers, trigger) {
      syncs.push({ numbers, trigger });
      return options.syncing?.() ?? { kind: 'synced', channelStatus: 'pay_progress', order, repaired: false };
    },
    async rememberNonce(key, ttlMs) {
      nonces.push({ key, ttlMs });
      return options.remembering?.(key, ttlMs) ?? 'new';
    },
    async createOrder(request) {
      creates.push(request);
      return options.creating?.() ?? { kind: 'created', order };
    },
    async receiveNotification(channel, raw) {
      notifications.push({ channel, raw });
      return options.receiving?.() ?? null;
    },
    isHealthy: options.isHealthy ?? (async () => true),
    readiness: async () => ({
      status: 'ready',
      dependencies: { database: 'ok', migrations: 'ok', redis: 'ok' },
    }),
  });
  onTestFinished(() => app.close());

  async function post(
    url: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      payload: body,
    });
    return {
      status: response.statusCode,
      contentType: response.headers['content-type'],
      text: response.body,
      get json() {
        return JSON.parse(response.body);
      },
    };
  }
  const call = (url: string, members: Record<string, unknown>) => post(url, JSON.stringify(signed(members)));
  return { app, closes, cancels, syncs, finds, nonces, creates, notifications, log, post, call };
}

/** Signs flat members like a client; deliberately only the documented rule for flat ones. */
export function signed(members: Record<string, unknown>): Record<string, unknown> {
  const all: Record<string, unknown> = { reqTime: NOW_S, ...members };
  return { sign: hmac(naiveFlat(all)), ...all };
}

export function hmac(text: string): string {
  return createHmac('sha256', SECRET).update(`${text}&key=${SECRET}`).digest('hex');
}

export function md5(text: string): string {
  return createHash('md5').update(`${text}&key=${SECRET}`).digest('hex');
}

function naiveFlat(members: Record<string, unknown>): string {
  const names = Object.keys(members)
    .filter((name) => members[name] !== null && name !== 'sign')
    .sort((a, b) => (a < b ? -1 : 1));
  return names
    .map((name) => `${name}=${members[name]}`)
    .join('&')
    .split('"')
    .join('')
    .split('\\')
    .join('');
}

/** Verifies an answer's signature like a client: over the members of its `data`. */
export function dataIsSigned({ data }: Answer): boolean {
  return data !== undefined && data !== null && data.sign === hmac(naiveFlat(data));
}

function recordingLogger(lines: LogLine[], bound: Record<string, unknown> = {}): Logger {
  const at = (level: string) => (fields: unknown, message?: string) => {
    const own = typeof fields === 'object' && fields !== null ? fields : {};
    lines.push({ level, message: message ?? String(fields), fields: { ...traceFields(), ...bound, ...own } });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => recordingLogger(lines, { ...bound, ...fields }),
  };
}
