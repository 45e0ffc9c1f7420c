import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ChannelName, createClient } from '../../src/client/client.ts';
import { startProgram } from '../support/process.ts';
import { until } from '../support/until.ts';
import { createWorld, SIGN_SECRET, type World } from '../support/world.ts';
import { type Copy, copyWithFourth } from './copy.ts';
import { additions } from './lines.ts';

let copy: Copy;
let world: World;
beforeAll(async () => {
  [copy, world] = await Promise.all([copyWithFourth(), createWorld()]);
});
afterAll(async () => {
  copy?.remove();
  await world?.end();
});

/** The API value; the types of this tree lack it. */
const channel = 'tea_pay' as string as ChannelName;

test('a fourth gateway takes two folders and one line in each documented list', async () => {
  const page = readFileSync(new URL('../../docs/channels/adding-a-channel.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, file]) => file ?? '');
  const lists = named.filter((file) => file.includes('.'));
  const tables = lists.filter((file) => file.startsWith('test/channel/'));
  expect(copy.changed).toEqual(Object.keys(additions).toSorted());
  expect(lists.filter((file) => !tables.includes(file)).toSorted()).toEqual(copy.changed);
  const folders = copy.added.map((file) => file.split('/').slice(0, -1).join('/'));
  expect([...new Set(folders)]).toEqual(['src/channel/built-in/tea', 'src/sandbox/simulator/tea']);
  await copy.test('test/structure', 'test/config.test.ts', 'test/docs/docs.test.ts', '--project', 'unit');
});

test('it is configured, closes expired orders, and handles payments and queries', async () => {
  const simulator = startProgram(['simulate', '--port', '0', '--json'], {}, { program: copy.main });
  onTestFinished(() => simulator.kill());
  const line = await until('the simulator listens', () => simulator.stdout() || null);
  const simulated: { url: string; control: string; env: Record<string, string> } = JSON.parse(line);
  const env = { ...world.env, ...simulated.env };
  const program = startProgram(['start'], env, { program: copy.main });
  const listening = await program.logged('api is listening');
  expect(listening).toBeDefined();

  const baseUrl = env.PUBLIC_URL ?? '';
  const client = createClient({ baseUrl, signSecret: SIGN_SECRET, signType: 'HMAC_SHA256' });
  async function created(bizOrderNo: string, expiresInMs: number): Promise<string> {
    const request = { bizOrderNo, channel, method: 'qrcode', title: 'tea', amountFen: 100 } as const;
    const made = await client.create({ ...request, expiresAt: new Date(Date.now() + expiresInMs) });
    if (!made.ok) throw new Error(made.message);
    expect(made.payBody).toBe(`tea://${await numberOf(bizOrderNo)}`);
    return numberOf(bizOrderNo);
  }
  async function orderOf(bizOrderNo: string) {
    const order = await world.app.deps.store.findByBizOrderNo(bizOrderNo);
    if (order === null) throw new Error(`no order ${bizOrderNo}`);
    return order;
  }
  const numberOf = async (bizOrderNo: string) => (await orderOf(bizOrderNo)).orderNo;
  const atGateway = async (orderNo: string): Promise<{ state: string }> =>
    (await fetch(`${simulated.control}/orders/${orderNo}`)).json() as Promise<{ state: string }>;

  const unpaid = await created('TEA-UNPAID', 3_000);
  await until('its timer closes it', async () => (await orderOf('TEA-UNPAID')).status === 'close');
  expect(await atGateway(unpaid)).toMatchObject({ state: 'CLOSED' });
  const [record] = await world.records(await orderOf('TEA-UNPAID'));
  expect(record).toMatchObject({ channel, trigger: 'timeout' });

  const paid = await created('TEA-PAID', 600_000);
  await fetch(`${simulated.control}/orders/${paid}/pay`, { method: 'POST' });
  await until('its notification arrives', async () => (await orderOf('TEA-PAID')).status === 'success');

  const reference = await (await fetch(`${baseUrl}/openapi.json`)).text();
  expect(reference).toContain('Notification of a payment by Tea Pay');
  const doctor = startProgram(['doctor'], env, { program: copy.main });
  await doctor.ended();
  expect(doctor.stdout()).toMatch(/^✓ keys tea_pay +signed by us and accepted/m);
});
