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
    'Everything keeps running; Ctrl-C stops it. To try it, in another terminal:',
    '',
    '# Create your own order (15 minutes to pay). Repeating it returns the same order.',
    post(`${apiUrl}/unipay/pay`, order),
    '# Pay it as the customer; ORDER_NO is in the answer above.',
    post(`${simulatorUrl}/__sim/orders/ORDER_NO/pay`),
    '# Or close it. A paid order is refused (20044).',
    post(`${apiUrl}/unipay/close`, close),
    '# Show the order at the gateway.',
    `curl ${simulatorUrl}/__sim/orders/ORDER_NO`,
    '',
  ];
}
