import type { Shop } from './shop.ts';

/** Commands to copy: create an order, look at it, pay it, close it. */
export function playInstructions({
  apiUrl,
  simulatorUrl,
  shop,
  run,
}: {
  apiUrl: string;
  simulatorUrl: string;
  shop: Shop;
  run: string;
}): string[] {
  const bizOrderNo = `demo-${run}-yours`;
  const order = shop.signed({
    bizOrderNo,
    title: '你的订单',
    channel: 'wechat_pay',
    method: 'qrcode',
    amount: 100,
  });
  const close = shop.signed({ bizOrderNo });
  const post = (url: string, body?: string) =>
    body === undefined
      ? `curl -X POST ${url}`
      : `curl -s ${url} -H 'content-type: application/json' -d '${body}'`;
  return [
    '',
    'It all stays up; Ctrl-C ends it. To play with it, in another terminal:',
    '',
    '# Create an order of your own (15 minutes to pay). Again: the same order.',
    post(`${apiUrl}/unipay/pay`, order),
    '# Be the customer and pay it; ORDER_NO is in the answer above.',
    post(`${simulatorUrl}/__sim/orders/ORDER_NO/pay`),
    '# Or close it by hand. A paid order is refused (20044).',
    post(`${apiUrl}/unipay/close`, close),
    '# What the gateway thinks of an order.',
    `curl ${simulatorUrl}/__sim/orders/ORDER_NO`,
    '',
  ];
}
