import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isPublicAddress } from '../../src/notice/public-address.ts';
import { createPublicResolver, resolveAnywhere } from '../../src/notice/resolve-host.ts';
import { createNoticeSender } from '../../src/notice/send-notice.ts';
import { type Merchant, openMerchant } from './merchant.ts';
import { startNameServer } from './name-server.ts';

let merchant: Merchant;
beforeAll(async () => {
  merchant = await openMerchant();
});
afterAll(() => merchant.end());

/** On the public internet; it need not answer. */
const PUBLIC = '192.0.66.2';
const port = () => new URL(merchant.url).port;
const letter = (url: string) => ({ url, eventId: 'e', attempt: 1, body: '{}' });

describe('an address of the public internet', () => {
  test.each(['8.8.8.8', '192.0.66.2', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2400:3200::1'])(
    'is %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
    ...[
      '192.168.1.1',
      '168.63.129.16',
      '169.254.169.254',
      '100.64.0.1',
      '100.127.0.1',
      '224.0.0.1',
      '240.0.0.1',
    ],
    ...['255.255.255.255', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '192.0.0.1'],
    ...['::', '::1', 'fe80::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1', '100::1'],
    ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '::8.8.8.8', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::', '::ffff:0:127.0.0.1', 'localhost', ''],
  ])('is not %s', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('a notice is only sent to the public internet', () => {
  const send = createNoticeSender(createPublicResolver());

  test.each([
    ...['127.0.0.1', 'localhost', 'LOCALHOST.', 'shop.localhost', '127.1', '2130706433', '0x7f000001'],
    ...['0177.0.0.1', '0', '127.0.0.1.', '[::1]', '[::ffff:127.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]'],
    ...[
      '169.254.169.254',
      '[fd00:ec2::254]',
      '168.63.129.16',
      '127。0。0。1',
      '１２７.0.0.1',
      '%31%32%37.0.0.1',
    ],
  ])('not to %s', async (host) => {
    const sent = await send(letter(`http://${host}:${port()}/private`));
    expect(sent).toEqual({ outcome: 'refused_address', httpStatus: null, answer: null });
    expect(merchant.at('/private')).toEqual([]);
  });

  test('not to a name that resolves to a private address', async () => {
    const names = await startNameServer(() => ['10.0.0.1', '127.0.0.1']);
    onTestFinished(() => names.end());
    const sendThere = createNoticeSender(createPublicResolver(names.resolver));
    expect(await sendThere(letter(`http://shop.example:${port()}/private`))).toMatchObject({
      outcome: 'refused_address',
    });
    expect(merchant.at('/private')).toEqual([]);
  });

  test('not to a name that is public when it is checked and private when it is resolved again', async () => {
    const names = await startNameServer((question) => [question === 1 ? PUBLIC : '127.0.0.1']);
    onTestFinished(() => names.end());
    const sendThere = createNoticeSender(createPublicResolver(names.resolver), 500);
    const sent = await sendThere(letter(`http://rebinding.example:${port()}/private`));
    expect(sent.outcome).not.toBe('delivered');
    expect(names.questions()).toBe(1);
    expect(merchant.at('/private')).toEqual([]);
  });

  test('not to the private one of the addresses of a name', async () => {
    const names = await startNameServer(() => ['127.0.0.1', PUBLIC]);
    onTestFinished(() => names.end());
    const resolve = createPublicResolver(names.resolver);
    expect(await resolve('both.example')).toEqual({
      kind: 'addresses',
      addresses: [{ address: PUBLIC, family: 4 }],
    });
  });

  test('nor to an unknown name', async () => {
    const names = await startNameServer(() => []);
    onTestFinished(() => names.end());
    const sendThere = createNoticeSender(createPublicResolver(names.resolver));
    expect(await sendThere(letter('http://nobody.example/'))).toEqual({
      outcome: 'unknown_host',
      httpStatus: null,
      answer: 'no address',
    });
  });
});

describe('where private addresses are allowed', () => {
  /** Beyond what any machine takes: this is not about the time limit. */
  const send = createNoticeSender(resolveAnywhere, 120_000);

  test('a notice is sent to an address and to a name of this machine', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await send(letter(`http://${host}:${port()}/allowed`))).toMatchObject({ outcome: 'delivered' });
    }
  });

  test.each([
    'ftp://127.0.0.1/',
    'http://user:secret@127.0.0.1/',
    'http://user@127.0.0.1/',
    'file:///etc/passwd',
    'shop',
  ])('nothing is sent to %s', async (url) =>
    expect(await send(letter(url))).toMatchObject({ outcome: 'refused_url' }),
  );
});
