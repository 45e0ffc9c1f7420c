import { fromRfc3339, toRfc3339 } from '../../format/beijing-time.ts';
import { asObject, asText, canonicalText, type JsonObject } from '../../format/json-object.ts';
import type { Answer } from '../../gateway/call.ts';
import { change, versioned } from '../../gateway/versioned.ts';
import { handouts, type PrepaidKind } from '../kinds.ts';
import { findWechatOrder, isPaid, type WechatOrder } from '../orders.ts';
import { nowMs, type World } from '../world.ts';
import { parameterError, refusal, success } from './answers.ts';
import { misfit } from './misfit.ts';

/** An earlier deadline is moved to this one (WeChat Pay native order page). */
const MIN_LIFE_MS = 60_000;
const DEFAULT_LIFE_MS = 7 * 24 * 3600_000;
const MAX_LIFE_MS = 90 * 24 * 3600_000;
const H5_TYPES: readonly unknown[] = ['iOS', 'Android', 'Wap'];

/**
 * `POST /v3/pay/transactions/{native,jsapi,app,h5}`. Repeated with the same parameters it renews what it
 * returns, which makes an expired order payable again (seen by merchants, not documented).
 */
export function createOrder(world: World, kind: PrepaidKind, body: JsonObject): Answer {
  const now = nowMs(world);
  const fault =
    misfit(world, body) ?? notifyFault(world, body) ?? sceneFault(kind, body) ?? deadlineFault(body, now);
  if (fault !== null) return fault;
  const orderNo = String(body.out_trade_no);
  const parameters = canonicalText({ kind, ...body });
  const code = handOut(world, kind, now);
  const answer = success({ [handouts[kind].field]: code });
  const entry = findWechatOrder(world.wechat, orderNo, now);
  if (entry === null) {
    const order: WechatOrder = {
      orderNo,
      kind,
      parameters,
      description: String(body.description),
      attach: asText(body.attach),
      amountFen: Number(asObject(body.amount)?.total),
      notifyUrl: String(body.notify_url),
      createdAt: now,
      expiresAt: deadline(body, now),
      revokesAt: null,
      code,
      codeMadeAt: now,
      state: 'NOTPAY',
      cashier: 'shut',
      openId: asText(asObject(body.payer)?.openid),
      transactionId: null,
      paidAt: null,
      refundedFen: 0,
    };
    world.wechat.orders.set(orderNo, versioned(order));
    return answer;
  }
  if (isPaid(entry.current)) return refusal(400, 'ORDERPAID', '该订单已支付');
  if (entry.current.state !== 'NOTPAY') return refusal(400, 'ORDER_CLOSED', '该订单已关闭，请重新下单');
  if (entry.current.parameters !== parameters) return refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  const expiresAt = now > entry.current.expiresAt ? now + MIN_LIFE_MS : entry.current.expiresAt;
  change(entry, now, { code, codeMadeAt: now, expiresAt });
  return answer;
}

function handOut(world: World, kind: PrepaidKind, now: number): string {
  if (kind === 'native') return `weixin://wxpay/bizpayurl?pr=${world.random.text(9)}`;
  const prepayId = `wx${toRfc3339(now).slice(0, 19).replaceAll(/\D/g, '')}${world.random.text(20)}`;
  return kind === 'h5'
    ? `https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${prepayId}&package=1`
    : prepayId;
}

function notifyFault(world: World, body: JsonObject): Answer | null {
  const url = asText(body.notify_url);
  const right = url !== null && isNotifyUrl(url, world.settings.strictNotifyUrl);
  return right ? null : parameterError('通知地址格式有误');
}

function isNotifyUrl(text: string, strict: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search } = new URL(text);
  return strict ? protocol === 'https:' && search === '' : protocol === 'https:' || protocol === 'http:';
}

/** Parameters of one kind only: the payer in JSAPI, the browser in H5. */
function sceneFault(kind: PrepaidKind, body: JsonObject): Answer | null {
  if (kind === 'jsapi' && asText(asObject(body.payer)?.openid) === null) {
    return parameterError('缺少支付者openid');
  }
  if (kind !== 'h5') return null;
  const scene = asObject(body.scene_info);
  if (asText(scene?.payer_client_ip) === null) return parameterError('缺少用户终端IP');
  return H5_TYPES.includes(asObject(scene?.h5_info)?.type) ? null : parameterError('h5_info场景类型有误');
}

function deadlineFault(body: JsonObject, now: number): Answer | null {
  if (body.time_expire === undefined) return null;
  const at = fromRfc3339(asText(body.time_expire) ?? '');
  if (at === null) return parameterError('time_expire格式有误');
  return at > now + MAX_LIFE_MS ? parameterError(`time_expire不得晚于${toRfc3339(now + MAX_LIFE_MS)}`) : null;
}

function deadline(body: JsonObject, now: number): number {
  const asked = fromRfc3339(asText(body.time_expire) ?? '') ?? now + DEFAULT_LIFE_MS;
  return Math.max(asked, now + MIN_LIFE_MS);
}
