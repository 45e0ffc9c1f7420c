import { randomBytes } from 'node:crypto';
import type { KeyHints } from '../channel/built-in/define-channel.ts';
import type { Channel, ChannelOrder } from '../channel/channel.ts';
import { notifyPath } from '../channels.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../platform/clock/clock.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/** A deadline for the order that does not exist, ms from now; nothing waits for it. */
const SOME_TIME_MS = 600_000;

/**
 * Whether the keys really work, at each configured channel: a signed question about an order that cannot exist, and an
 * answer whose signature is verified. Past the breaker, as a person's question.
 */
export function checkChannels({ server, channels }: Config): Check[] {
  return channels.map((configured) => {
    const { about, create } = configured;
    const notifyUrl = server.PUBLIC_URL + notifyPath(about.name);
    const channel = create(notifyUrl, systemClock, server.CHANNEL_TIMEOUT_MS);
    const check = `keys ${about.name}`;
    return { name: check, run: async () => [await tryKeys(check, channel, configured.keyHints)] };
  });
}

async function tryKeys(check: string, channel: Channel, hints: KeyHints): Promise<Finding> {
  const order = noOrder();
  const said = await channel.query(order);
  if (said.kind !== 'not_found') return noAnswer(check, hints, said);
  const both = 'signed by us and accepted; signed by the channel and verified';
  if (hints.notFoundProves === 'both') return ok(check, both);

  // The close of a number that does not exist does nothing, and its answer is signed.
  const closed = await channel.close(order);
  if (closed.kind === 'accepted')
    return ok(check, hints.notProven === undefined ? both : `${both}. Not proven: ${hints.notProven}`);
  if (closed.kind !== 'not_found') return noAnswer(check, hints, closed);
  return warn(
    check,
    `our key works; the channel’s was not proven, for it signed nothing (${closed.answer})`,
    `compare ${hints.theirs} with the merchant site; the first order created will prove them`,
  );
}

function noAnswer(
  check: string,
  { ours, theirs }: KeyHints,
  said: { kind: string; answer: string },
): Finding {
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
