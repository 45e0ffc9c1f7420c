import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, SIGN_SECRET, type World } from '../support/world.ts';
import { exchangeOnce, openConnection, type RawReply } from './request/raw-socket.ts';
import { naiveSign } from './sdk/sdk.ts';
import { wireBytes, wireRequests } from './sdk/wire.ts';

/** The documented requests, end to end: raw bytes, a real database and a real channel simulator. */

let world: World;
let url: string;
beforeAll(async () => {
  // Documented requests are as old as the documentation.
  world = await createWorld({ REQ_TIME_TOLERANCE_S: '0' });
  url = await world.app.serve();
});
afterAll(() => world.end());

const TRACE_ID = /^[A-Za-z0-9]{12}$/;
const hmacOf = (fields: Record<string, unknown>) => naiveSign(fields, SIGN_SECRET, 'HMAC_SHA256');

/** Every answer must pass a client's checks. */
function textOf(reply: RawReply | null): string {
  if (reply === null) throw new Error('no answer');
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(reply.headers.has('content-encoding')).toBe(false);
  return reply.body;
}

/** The complete state of an order: in the database, in its close records, at the channel. */
async function standOf(bizOrderNo: string) {
  const order = await world.app.deps.store.findByNumbers({ orderNo: null, bizOrderNo });
  if (order === null) throw new Error(`no order ${bizOrderNo}`);
  return {
    status: order.status,
    outcomes: (await world.records(order)).map(({ outcome }) => outcome),
    payable: world.simulator.control.order(order.orderNo)?.payable,
  };
}

test("the documentation's close request, byte for byte, closes the order here and at the channel", async () => {
  const body = `{
    "bizTradeNo": "P0001",
    "clientIp": "127.0.0.1",
    "sign": "458565a54e959fa206dcda9b44eecaf0d5907e8af40f9457d404e533e092a9ed",
    "reqTime": 1715347558
}`;
  await world.create('wechat_pay', { bizOrderNo: 'P0001' });
  expect(await standOf('P0001')).toEqual({ status: 'progress', outcomes: [], payable: true });

  const answer = JSON.parse(textOf(await exchangeOnce(url, wireBytes('/unipay/close', body))));
  const { resTime } = answer.data;
  expect(Number.isInteger(resTime)).toBe(true);
  const sign = hmacOf({ code: 0, resTime });
  // The second example of the documentation; the first has the result in the envelope, with an empty message.
  expect(answer).toMatchObject({
    code: 0,
    msg: 'success',
    data: { code: 0, resTime, sign },
    traceId: expect.stringMatching(TRACE_ID),
  });
  expect(Object.keys(answer.data).sort()).toEqual(['code', 'resTime', 'sign']);
  expect(await standOf('P0001')).toEqual({ status: 'close', outcomes: ['closed'], payable: false });
});

test("the documentation's signatures are reproduced", () => {
  expect(hmacOf({ bizTradeNo: 'P0001', clientIp: '127.0.0.1', reqTime: 1_715_347_558 })).toBe(
    '458565a54e959fa206dcda9b44eecaf0d5907e8af40f9457d404e533e092a9ed',
  );
  expect(hmacOf({ code: 0, resTime: 1_715_347_771 })).toBe(
    '3e71c47b15fc9c3da9487acdb1848870712dbbd130fce99eb99ed0c893537ffb',
  );
});

test.each(wireRequests.map((each) => ({ ...each, name: each.sdk.name })))(
  "$name: a compiled client's bytes create, find, sync, close and cancel orders over one connection",
  async ({ sdk, requests }) => {
    const connection = await openConnection(url);
    try {
      for (const [operation, path, body] of requests) {
        const bizOrderNo = /P\d{3}C?/.exec(body)?.[0] ?? '';
        const text = textOf(await connection.exchange(wireBytes(path, body)));
        const verdict = sdk.read(operation, 200, text, SIGN_SECRET, 'HMAC_SHA256');
        expect(verdict, text).toMatchObject({ success: true, code: 0 });
        if (operation === 'pay')
          expect(verdict.data).toMatchObject({
            payBody: expect.stringMatching(/^weixin:/),
            status: 'progress',
          });
        if (operation === 'query')
          expect(verdict.data).toMatchObject({ title: '一杯茶', status: 'progress' });
        if (operation === 'sync') expect(verdict.data).toMatchObject({ status: 'pay_progress' });
        expect(await standOf(bizOrderNo)).toMatchObject(after[operation]);
      }
    } finally {
      connection.socket.destroy();
    }
  },
);

const open = { status: 'progress', outcomes: [], payable: true };
/** The order's state after each operation. */
const after = {
  pay: open,
  query: open,
  sync: open,
  close: { status: 'close', outcomes: ['closed'], payable: false },
  cancel: { status: 'cancel', payable: false },
};
