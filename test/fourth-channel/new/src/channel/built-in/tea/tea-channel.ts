import { withTimeout } from '../../../platform/timeout.ts';
import { parseJson } from '../../adapter/json.ts';
import { notCancellable, shortText, unknown } from '../../adapter/reply.ts';
import type {
  Channel,
  ChannelOrder,
  ChannelPayment,
  ChannelRefund,
  NotificationResult,
  RawNotification,
  RefundResult,
} from '../../channel.ts';
import { aboutTea } from './about.ts';
import { isSigned, SIGNATURE_HEADER, signatureOf } from './signature.ts';

export interface TeaConfig {
  baseUrl: string;
  shopNo: string;
  secret: string;
  notifyUrl: string;
  callTimeoutMs: number;
}

/** Fields of Tea Pay's answers and notifications; all are unchecked. */
type Message = Partial<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const MARGIN_MS = 60_000;

/** Tea Pay: JSON with an HMAC of the body. An order exists from its creation on. */
export function createTeaChannel(config: TeaConfig): Channel {
  const { baseUrl, shopNo, secret, notifyUrl, callTimeoutMs } = config;
  /** A verified answer; a missing, late or unsigned one gets a state that no table lists. */
  async function ask(path: string, content: Message): Promise<Message> {
    const body = JSON.stringify({ shopNo, ...content });
    const headers = {
      'content-type': 'application/json',
      [SIGNATURE_HEADER]: signatureOf(body, secret),
    };
    try {
      return await withTimeout(callTimeoutMs, async (signal) => {
        const response = await fetch(`${baseUrl}/tea/${path}`, { method: 'POST', headers, body, signal });
        const text = await response.text();
        if (!isSigned(text, response.headers.get(SIGNATURE_HEADER), secret))
          return { state: `${response.status} signature is wrong or missing` };
        return messageOf(text);
      });
    } catch (error) {
      return { state: error instanceof Error ? error.message : 'no answer' };
    }
  }

  async function askAboutRefund(
    path: string,
    order: ChannelOrder,
    refund: ChannelRefund,
  ): Promise<RefundResult> {
    const { refundNo, amountFen } = refund;
    const { state } = await ask(path, { orderNo: order.orderNo, refundNo, amountFen });
    const answer = shortText(String(state));
    if (state === 'REFUNDED') return { kind: 'refunded', answer };
    if (state === 'NONE') return { kind: 'not_found', answer };
    return unknown(answer);
  }

  return {
    name: aboutTea.name,
    account: shopNo,
    methods: ['qrcode'],
    notifiesForMs: DAY_MS,
    refundWindowMs: 365 * DAY_MS,
    refundedIsInFull: true,
    replies: aboutTea.notifications.replies,

    async create({ orderNo, amountFen, title, expiresAt }) {
      const made = await ask('create', { orderNo, amountFen, title, expiresAt, notifyUrl });
      const answer = shortText(String(made.state));
      return made.state === 'UNPAID'
        ? { kind: 'created', answer, payBody: String(made.code) }
        : unknown(answer);
    },
    async query({ orderNo }) {
      const found = await ask('query', { orderNo });
      const answer = shortText(String(found.state));
      const payment = paymentOf(found);
      if (found.state === 'PAID' && payment !== null) return { kind: 'paid', answer, payment };
      if (found.state === 'REFUNDED' && payment !== null) return { kind: 'refunded', answer, payment };
      if (found.state === 'PAYING') return { kind: 'user_paying', answer };
      if (found.state === 'UNPAID') return { kind: 'unpaid', answer };
      if (found.state === 'CLOSED') return { kind: 'closed', answer };
      if (found.state === 'NONE') return { kind: 'not_found', answer };
      return unknown(answer);
    },
    async close({ orderNo }) {
      const { state } = await ask('close', { orderNo });
      const answer = shortText(String(state));
      if (state === 'CLOSED') return { kind: 'accepted', answer };
      if (state === 'PAID') return { kind: 'conflict', answer };
      if (state === 'PAYING') return { kind: 'user_paying', answer };
      if (state === 'NONE') return { kind: 'not_found', answer };
      return unknown(answer);
    },
    cancel: async () => notCancellable,
    refund: (order, refund) => askAboutRefund('refund', order, refund),
    queryRefund: (order, refund) => askAboutRefund('refund-query', order, refund),
    voidsPayments: () => false,
    reversibleFrom: () => null,
    unpayableFrom: ({ expiresAt }) => new Date(expiresAt.getTime() + MARGIN_MS),
    showsUntouched: () => true,
    closesSoftly: () => false,
    parseNotification: (raw) => readNotification(raw, secret),
  };
}

function readNotification({ headers, body }: RawNotification, secret: string): NotificationResult {
  if (!isSigned(body, headers[SIGNATURE_HEADER], secret)) return { kind: 'rejected', reason: 'not signed' };
  const text = body.toString();
  const message = messageOf(text);
  const payment = paymentOf(message);
  const eventId = String(message.tradeNo);
  if (message.state === 'PAID' && payment !== null) return { kind: 'payment', eventId, payment, body: text };
  return { kind: 'other', eventId, what: shortText(String(message.state)), body: text };
}

function messageOf(text: string): Message {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? value : { state: 'not JSON' };
}

function paymentOf({ orderNo, tradeNo, amountFen, paidAt }: Message): ChannelPayment | null {
  if (typeof orderNo !== 'string' || typeof tradeNo !== 'string') return null;
  const moment = new Date(String(paidAt));
  if (!Number.isSafeInteger(amountFen) || Number.isNaN(moment.getTime())) return null;
  return { orderNo, channelTradeNo: tradeNo, amountFen: Number(amountFen), paidAt: moment };
}
