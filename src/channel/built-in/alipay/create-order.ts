import type { Clock } from '../../../platform/clock/clock.ts';
import { toBeijing } from '../../adapter/beijing-time.ts';
import { cutText, missing, unsupported, withoutPayer } from '../../adapter/reply.ts';
import type { ChannelOrder, ChargeResult, PayerDetails } from '../../channel.ts';
import { readCharge } from './answers/read-charge.ts';
import { readCreate } from './answers/read-reply.ts';
import type { AlipayClient } from './client.ts';
import type { AlipayConfig } from './config.ts';
import { fenToYuan } from './yuan.ts';

interface AlipayDeps {
  config: AlipayConfig;
  client: AlipayClient;
  clock: Clock;
}

const MAX_SUBJECT_LENGTH = 256;
/** Characters not allowed in a title (precreate page, `subject`); replaced by their full-width forms. */
const FORBIDDEN_IN_SUBJECT = /[/=&]/g;
const FULL_WIDTH_OFFSET = 0xfee0;

/**
 * Each method has its own path, its own parameters, and its own answer. A page or app payment is only signed here:
 * Alipay learns of the order when the customer opens it.
 */
export async function createOrder(
  { config, client, clock }: AlipayDeps,
  order: ChannelOrder,
  payer: PayerDetails,
): Promise<ChargeResult> {
  const { appId, notifyUrl } = config;
  const body = orderBody(order);
  const post = async (path: string, more: Record<string, string>) =>
    withoutPayer(
      await client.post(`/v3/alipay/trade/${path}`, { ...body, notify_url: notifyUrl, ...more }),
      payer,
    );

  switch (order.method) {
    case 'qrcode': {
      const product = { product_code: 'FACE_TO_FACE_PAYMENT' };
      return readCreate(order, 'qr_code', await post('precreate', product));
    }
    case 'jsapi': {
      if (!payer.openId) return missing('openId');
      const product = { product_code: 'JSAPI_PAY', op_app_id: appId, buyer_open_id: payer.openId };
      return readCreate(order, 'trade_no', await post('create', product));
    }
    case 'barcode': {
      if (!payer.authCode) return missing('authCode');
      const product = { product_code: 'FACE_TO_FACE_PAYMENT', scene: 'bar_code', auth_code: payer.authCode };
      return readCharge(order, await post('pay', product));
    }
    case 'wap': {
      const { returnUrl } = payer;
      const product = { product_code: 'QUICK_WAP_WAY', ...(returnUrl ? { quit_url: returnUrl } : {}) };
      const call = { notifyUrl, ...(returnUrl ? { returnUrl } : {}), bizContent: { ...body, ...product } };
      return signedHere(await client.signed('page', 'alipay.trade.wap.pay', call, clock.now()));
    }
    case 'app': {
      const call = { notifyUrl, bizContent: { ...body, product_code: 'QUICK_MSECURITY_PAY' } };
      return signedHere(await client.signed('app', 'alipay.trade.app.pay', call, clock.now()));
    }
    default:
      return unsupported(order.method);
  }
}

function orderBody({ orderNo, amountFen, title, expiresAt }: ChannelOrder) {
  return {
    out_trade_no: orderNo,
    total_amount: fenToYuan(amountFen),
    subject: subjectOf(title),
    time_expire: toBeijing(expiresAt),
  };
}

function signedHere(payBody: string): ChargeResult {
  return { kind: 'created', asked: false, answer: 'signed here, not called', payBody };
}

function subjectOf(title: string): string {
  const subject = title.replaceAll(FORBIDDEN_IN_SUBJECT, (character) =>
    String.fromCharCode(character.charCodeAt(0) + FULL_WIDTH_OFFSET),
  );
  return cutText(subject, MAX_SUBJECT_LENGTH);
}
