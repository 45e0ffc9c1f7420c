import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  AutocloseError,
  type ClientOptions,
  createClient,
  type GenerationName,
  type OrderReference,
} from '../../src/client/client.ts';
import { clientAnswered, NOW_S, SECRET } from './gateway.ts';

const ID = '1753370980523384832';
const OTHER_ID = '1753370980523384833';
const order = { title: 'tea', channel: 'ali_pay', method: 'qrcode', amountFen: 1 } as const;

const hmac = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');

/** The signed answer of 2.x whose data has these members, as on the wire. */
function answer2(members: Readonly<Record<string, string>>): string {
  const names = Object.keys(members).sort();
  const text = names
    .map((name) => `${name}=${members[name]}`)
    .join('&')
    .replaceAll('"', '');
  const json = names.map((name) => `"${name}":${members[name]}`).join(',');
  return `{"code":0,"data":{${json},"sign":"${hmac(`${text}&key=${SECRET}`)}"}}`;
}

/** The signed answer of 3.0. */
function answer3(data: string, resTime: string): string {
  const text = `code=0&data=${data.replaceAll('"', '')}&resTime=${resTime}&key=${SECRET}`.toUpperCase();
  return `{"code":0,"data":${data},"resTime":"${resTime}","sign":"${hmac(text)}"}`;
}

/** An answer of each generation about the same order, A1 or ID, P1. */
const answers: Record<GenerationName, string> = {
  '2.0.5': answer2({ amount: '1', businessNo: '"P1"', paymentId: ID, status: '"close"' }),
  '2.0.6': answer2(newer(NOW_S)),
  '2.0.8': answer2(newer(NOW_S)),
  '3.0': answer3('{"bizOrderNo":"P1","orderNo":"A1","status":"close","amount":0.01}', '2024-05-10 21:29:31'),
};

function newer(resTime: number): Record<string, string> {
  return {
    amount: '1',
    bizOrderNo: '"P1"',
    code: '0',
    orderNo: '"A1"',
    resTime: String(resTime),
    status: '"close"',
  };
}

function kindOf(error: unknown): string {
  if (error instanceof AutocloseError) return error.kind;
  throw error;
}

describe('the requested order', () => {
  type Row = [GenerationName, OrderReference, boolean];
  const newest = (['2.0.6', '2.0.8', '3.0'] as const).flatMap((generation): Row[] => [
    [generation, { orderNo: 'A1' }, true],
    [generation, { orderNo: 'A1', bizOrderNo: 'P1' }, true],
    [generation, { bizOrderNo: 'P1' }, true],
    [generation, { orderNo: ID }, true],
    [generation, { orderNo: ID, bizOrderNo: 'P1' }, true],
    [generation, { orderNo: 'A2' }, false],
    [generation, { orderNo: 'A2', bizOrderNo: 'P1' }, false],
    [generation, { orderNo: 'A1', bizOrderNo: 'P2' }, false],
    [generation, { bizOrderNo: 'P2' }, false],
    [generation, { orderNo: ID, bizOrderNo: 'P2' }, false],
  ]);
  test.each<Row>([
    ...newest,
    ['2.0.5', { orderNo: ID }, true],
    ['2.0.5', { bizOrderNo: 'P1' }, true],
    ['2.0.5', { orderNo: OTHER_ID }, false],
    ['2.0.5', { orderNo: OTHER_ID, bizOrderNo: 'P1' }, false],
    ['2.0.5', { bizOrderNo: 'P2' }, false],
  ])('%s %j: %j', async (generation, requested, isRight) => {
    const { client } = await clientAnswered(answers[generation], { generation });
    const queried = await client.query(requested).catch(kindOf);
    if (isRight) expect(queried).toMatchObject({ ok: true, amountFen: 1 });
    else expect(queried).toBe('protocol');
    expect(await client.sync(requested).catch(kindOf)).toEqual(
      isRight ? { ok: true, status: 'close' } : 'protocol',
    );
    expect(await client.close(requested).catch(kindOf)).toEqual(isRight ? { ok: true } : 'protocol');
  });

  test.each(Object.keys(answers) as GenerationName[])('is the created one: %s', async (generation) => {
    const { client } = await clientAnswered(answers[generation], { generation });
    expect(await client.create({ ...order, bizOrderNo: 'P1' })).toMatchObject({ ok: true });
    expect(await client.create({ ...order, bizOrderNo: 'P2' }).catch(kindOf)).toBe('protocol');
  });
});

describe('the time of an answer', () => {
  /** The result of a query when our clock is this many seconds ahead of the answer. */
  async function heard(
    answer: string,
    generation: GenerationName,
    aheadS: number,
    resTimeToleranceS?: number,
  ) {
    const now = () => new Date((NOW_S + aheadS) * 1000);
    const options: Partial<ClientOptions> = { generation, now };
    if (resTimeToleranceS !== undefined) options.resTimeToleranceS = resTimeToleranceS;
    const { client } = await clientAnswered(answer, options);
    return client.query({ bizOrderNo: 'P1' }).then(({ ok }) => ok, kindOf);
  }

  test.each(['2.0.6', '2.0.8', '3.0'] as const)('must be close to our clock: %s', async (generation) => {
    const answer = answers[generation];
    expect(await heard(answer, generation, 300)).toBe(true);
    expect(await heard(answer, generation, -300)).toBe(true);
    expect(await heard(answer, generation, 301)).toBe('protocol');
    expect(await heard(answer, generation, -301)).toBe('protocol');
    expect(await heard(answer, generation, 11, 10)).toBe('protocol');
    expect(await heard(answer, generation, 1_000_000, 0)).toBe(true);
  });

  test('is checked in a refusal too', async () => {
    const answer = answer2({ code: '20042', resTime: String(NOW_S) });
    expect(await heard(answer, '2.0.8', 0)).toBe(false);
    expect(await heard(answer, '2.0.8', 301)).toBe('protocol');
  });

  test('may be missing only in 2.0.5, or if the check is disabled', async () => {
    const { resTime, ...timeless } = newer(NOW_S);
    expect(await heard(answer2(timeless), '2.0.8', 0)).toBe('protocol');
    expect(await heard(answer2(timeless), '2.0.8', 0, 0)).toBe(true);
    expect(await heard(answers['2.0.5'], '2.0.5', 1_000_000)).toBe(true);
    expect(await heard(answer2({ ...timeless, resTime: String(resTime) }), '2.0.5', 301)).toBe('protocol');
  });

  test('is compared with the clock that requests use', async () => {
    const { client, requests } = await clientAnswered(answers['2.0.8']);
    await client.query({ bizOrderNo: 'P1' });
    expect(requests[0]?.body).toContain(`"reqTime":${NOW_S},`);
  });

  test.each([-1, Number.NaN])('cannot be %d s off', (resTimeToleranceS) => {
    const options = { baseUrl: 'http://127.0.0.1:9', signSecret: 's', signType: 'MD5' } as const;
    expect(() => createClient({ ...options, resTimeToleranceS })).toThrow(/resTimeToleranceS/);
  });
});
