import type { Clock } from '../../../platform/clock/clock.ts';
import { toRfc3339 } from '../../adapter/beijing-time.ts';
import { cutText, missing, unsupported, withoutPayer } from '../../adapter/reply.ts';
import type { ChannelOrder, ChargeResult, CreateResult, PayerDetails } from '../../channel.ts';
import { readCharge } from './answers/read-charge.ts';
import { readCreate } from './answers/read-reply.ts';
import type { WechatClient } from './client.ts';
import type { WechatConfig } from './config.ts';
import { appPayBody, h5PayBody, jsapiPayBody } from './pay-body.ts';

export interface WechatDeps {
  config: WechatConfig;
  call: WechatClient;
  clock: Clock;
}

const MAX_DESCRIPTION_LENGTH = 127;

/** Each method has its own path, its own parameters, and its own answer. */
export async function createOrder(
  deps: WechatDeps,
  order: ChannelOrder,
  payer: PayerDetails,
): Promise<ChargeResult> {
  const { config, clock } = deps;
  const { clientIp, method } = order;
  const prepay = async (kind: string, field: Parameters<typeof readCreate>[0], more: object = {}) => {
    const body = { ...orderBody(config, order), ...more };
    const reply = await deps.call({ method: 'POST', path: `v3/pay/transactions/${kind}`, body });
    return readCreate(field, withoutPayer(reply, payer));
  };

  switch (method) {
    case 'qrcode':
      return prepay('native', 'code_url');
    case 'jsapi': {
      if (!payer.openId) return missing('openId');
      const created = await prepay('jsapi', 'prepay_id', { payer: { openid: payer.openId } });
      return forTerminal(created, (prepayId) => jsapiPayBody(config, prepayId, clock.now()));
    }
    case 'app':
      return forTerminal(await prepay('app', 'prepay_id'), (prepayId) =>
        appPayBody(config, prepayId, clock.now()),
      );
    case 'wap': {
      if (!clientIp) return missing('clientIp');
      const scene_info = { payer_client_ip: clientIp, h5_info: { type: 'Wap' } };
      const created = await prepay('h5', 'h5_url', { scene_info });
      return forTerminal(created, (h5Url) => h5PayBody(h5Url, payer.returnUrl));
    }
    case 'barcode':
      return charge(deps, order, payer);
    default:
      return unsupported(method);
  }
}

/** Code-pay takes neither a deadline nor a notification URL: its answer is the payment's result. */
async function charge(
  { config, call }: WechatDeps,
  order: ChannelOrder,
  payer: PayerDetails,
): Promise<ChargeResult> {
  if (!payer.authCode) return missing('authCode');
  const { time_expire: _expiry, notify_url: _notify, ...body } = orderBody(config, order);
  const reply = await call({
    method: 'POST',
    path: 'v3/pay/transactions/codepay',
    body: {
      ...body,
      payer: { auth_code: payer.authCode },
      // A store is required; send the merchant as the store.
      scene_info: {
        ...(order.clientIp ? { device_ip: order.clientIp } : {}),
        store_info: { out_id: config.mchId },
      },
    },
  });
  return readCharge(config, order, withoutPayer(reply, payer));
}

function orderBody({ appId, mchId, notifyUrl }: WechatConfig, order: ChannelOrder) {
  return {
    appid: appId,
    mchid: mchId,
    description: cutText(order.title, MAX_DESCRIPTION_LENGTH),
    out_trade_no: order.orderNo,
    time_expire: toRfc3339(order.expiresAt),
    notify_url: notifyUrl,
    amount: { total: order.amountFen, currency: 'CNY' },
  };
}

function forTerminal(result: CreateResult, payBodyOf: (answered: string) => string): CreateResult {
  return result.kind === 'created' ? { ...result, payBody: payBodyOf(result.payBody) } : result;
}
