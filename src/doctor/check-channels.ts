import { randomBytes } from 'node:crypto';
import { type BuiltInChannel, type Channel, type ChannelOrder, channelNames } from '../channel/channel.ts';
import { createChannels } from '../channels.ts';
import type { Config } from '../config.ts';
import { systemClock, ticks } from '../platform/clock/clock.ts';
import { createLogger } from '../platform/log/logger.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/** A deadline for the order that does not exist, ms from now; nothing waits for it. */
const SOME_TIME_MS = 600_000;

interface KeyVariables {
  /** With which we sign. */
  ours: string;
  /** With which the channel's signatures are verified. */
  theirs: string;
  /** What "no such order" proves: Alipay (older protocol) and UnionPay sign it, WeChat Pay does not. */
  notFoundProves: 'both' | 'ours';
}

const keyVariables: Record<BuiltInChannel, KeyVariables> = {
  wechat_pay: {
    ours: 'WECHAT_MCH_ID, WECHAT_APP_ID, WECHAT_SERIAL_NO and WECHAT_PRIVATE_KEY',
    theirs:
      'WECHAT_PUBLIC_KEY_ID and WECHAT_PUBLIC_KEY (others that WeChat Pay signs with: WECHAT_MORE_KEYS)',
    notFoundProves: 'ours',
  },
  ali_pay: {
    ours: 'ALIPAY_APP_ID and ALIPAY_PRIVATE_KEY (its public half must be uploaded at Alipay)',
    theirs: 'ALIPAY_PUBLIC_KEY (Alipay’s, not your own)',
    notFoundProves: 'both',
  },
  union_pay: {
    ours: 'UNIONPAY_MER_ID, UNIONPAY_CERT_ID and UNIONPAY_PRIVATE_KEY',
    theirs: 'UNIONPAY_ROOT_CERT, UNIONPAY_MIDDLE_CERT and UNIONPAY_PRODUCTION',
    notFoundProves: 'both',
  },
};

/**
 * Whether the keys really work, at each configured channel: a signed question about an order that cannot exist, and an
 * answer whose signature is verified. Past the breaker, as a person's question.
 */
export function checkChannels({ server, ...config }: Config): Check[] {
  const guard = {
    clock: systemClock,
    ticks,
    log: createLogger('silent'),
    tellOnce: () => false,
    maxCalls: 10,
  };
  const channels = createChannels(config, server.PUBLIC_URL, guard);
  return channelNames.flatMap((name) => {
    const channel = channels.get(name);
    if (channel === undefined) return [];
    return [{ name: `keys ${name}`, run: async () => [await tryKeys(name, channel.unguarded)] }];
  });
}

async function tryKeys(name: BuiltInChannel, channel: Channel): Promise<Finding> {
  const check = `keys ${name}`;
  const order = noOrder();
  const said = await channel.query(order);
  if (said.kind !== 'not_found') return noAnswer(check, name, said);
  const both = 'signed by us and accepted; signed by the channel and verified';
  if (keyVariables[name].notFoundProves === 'both') return ok(check, both);

  // WeChat Pay signs its 204 to the close of a number that does not exist, which does nothing.
  const closed = await channel.close(order);
  if (closed.kind === 'accepted')
    return ok(check, `${both}. Not proven: WECHAT_API_V3_KEY, which only a notification uses`);
  if (closed.kind !== 'not_found') return noAnswer(check, name, closed);
  return warn(
    check,
    `our key works; the channel’s was not proven, for it signed nothing (${closed.answer})`,
    `compare ${keyVariables[name].theirs} with the merchant site; the first order created will prove them`,
  );
}

function noAnswer(check: string, name: BuiltInChannel, said: { kind: string; answer: string }): Finding {
  const { ours, theirs } = keyVariables[name];
  const { kind, answer } = said;
  if (kind === 'misconfigured')
    return fail(check, `the channel refuses us: ${answer}`, `correct ${ours}, or the rights of the account`);
  if (kind === 'rate_limited')
    return warn(check, `not proven: the channel asks for fewer calls (${answer})`, 'try again later');
  if (/clocks differ/.test(answer))
    return fail(check, `the answer is not believed: ${answer}`, 'let NTP set this machine’s clock');
  if (/signature|signed with/.test(answer))
    return fail(check, `the channel’s signature cannot be verified: ${answer}`, `correct ${theirs}`);
  if (kind === 'unknown')
    return fail(
      check,
      `no usable answer: ${answer}`,
      'see whether this machine reaches the channel: address, DNS, firewall, proxy',
    );
  return fail(check, `an order that cannot exist is ${kind}: ${answer}`, `correct ${ours}`);
}

/** Its number is random, and none of ours begins like it. */
function noOrder(): ChannelOrder {
  const now = new Date();
  return {
    orderNo: `DOCTOR${randomBytes(12).toString('hex')}`,
    method: 'qrcode',
    title: 'doctor',
    amountFen: 1,
    expiresAt: new Date(now.getTime() + SOME_TIME_MS),
    createdAt: now,
    createAttemptedAt: now,
    channelTradeNo: null,
    paidAt: null,
    clientIp: null,
  };
}
