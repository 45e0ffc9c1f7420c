import { createPrivateKey, sign } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * WeChat Pay's close and query, for the bench alone, in a separate process: every order is closed when it is asked about.
 * The answers are signed before the run, so that the gateway costs nothing during it, and leave after `ANSWER_MS`. Prints
 * `listening PORT` when all of them are signed.
 */
const { ANSWER_MS = '20', ORDERS = '', PLATFORM_PRIVATE_KEY = '', WECHAT_PUBLIC_KEY_ID = '' } = process.env;
const key = createPrivateKey(PLATFORM_PRIVATE_KEY);
const signAsync = promisify(sign) as (
  algorithm: string,
  data: Buffer,
  key: typeof createPrivateKey extends (...given: never[]) => infer Key ? Key : never,
) => Promise<Buffer>;

interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

async function signed(status: number, body: string): Promise<Answer> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = 'bench';
  const signature = await signAsync('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key);
  return {
    status,
    body,
    headers: {
      'Content-Type': 'application/json',
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': nonce,
      'Wechatpay-Signature': signature.toString('base64'),
      'Wechatpay-Serial': WECHAT_PUBLIC_KEY_ID,
    },
  };
}

const [prefix = '', count = '0'] = ORDERS.split(':');
const closed = await signed(204, '');
const queried = new Map<string, Answer>();
await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const number = `${prefix}${index}`;
    const body = JSON.stringify({
      appid: process.env.WECHAT_APP_ID,
      mchid: process.env.WECHAT_MCH_ID,
      out_trade_no: number,
      trade_state: 'CLOSED',
      trade_state_desc: '订单已关闭',
    });
    queried.set(number, await signed(200, body));
  }),
);

function send(response: ServerResponse, answer: Answer | undefined): void {
  if (answer === undefined) response.writeHead(404).end();
  else response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** When each order's close request arrived, ms since the epoch. */
const closes: Record<string, number> = {};

const server = createServer((request, response) => {
  request.resume();
  if (request.url === '/bench/closes') return void response.end(JSON.stringify(closes));
  const [, number = '', isClose] =
    /\/v3\/pay\/transactions\/out-trade-no\/([^/?]+)(\/close)?/.exec(request.url ?? '') ?? [];
  if (isClose !== undefined) closes[number] ??= Date.now();
  void wait(Number(ANSWER_MS)).then(() =>
    send(response, isClose === undefined ? queried.get(number) : closed),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening ${typeof address === 'object' ? address?.port : ''}\n`);
});
