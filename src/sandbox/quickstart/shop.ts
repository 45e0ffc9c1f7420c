import { type SignSettings, sign } from '../../http/daxpay/signing/signing.ts';
import type { Customer } from './scenario.ts';

/** A small shop that sells through the API, as a merchant's system would. */
export interface Shop {
  /** Creates an order for one item; throws if the API does not answer with success. */
  sell(bizOrderNo: string, customer: Customer, expiresAt: Date): Promise<{ orderNo: string }>;
  /** A signed request body, as JSON. */
  signed(members: Record<string, unknown>): string;
}

/** `notifyUrl` null: the shop receives no notices. */
export function openShop(apiUrl: string, settings: SignSettings, notifyUrl: string | null = null): Shop {
  const signed = (members: Record<string, unknown>) => {
    const body = { ...members, clientIp: '127.0.0.1', reqTime: Math.floor(Date.now() / 1000) };
    return JSON.stringify({ ...body, sign: sign(body, settings) });
  };
  return {
    signed,
    async sell(bizOrderNo, customer, expiresAt) {
      const response = await fetch(`${apiUrl}/unipay/pay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: signed({
          bizOrderNo,
          title: '一杯咖啡',
          channel: customer.channel,
          method: 'qrcode',
          amount: 1900,
          notifyUrl,
          expiredTime: Math.floor(expiresAt.getTime() / 1000),
        }),
      });
      const answer = (await response.json()) as { data?: { code: number; msg?: string; orderNo: string } };
      if (answer.data?.code !== 0) throw new Error(`the shop could not sell: ${JSON.stringify(answer)}`);
      return { orderNo: answer.data.orderNo };
    },
  };
}
