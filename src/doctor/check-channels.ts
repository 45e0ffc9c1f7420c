import { randomBytes } from 'node:crypto';
import type { KeyHints } from '../channel/built-in/define-channel.ts';
import type { Channel, ChannelOrder } from '../channel/channel.ts';
import { notifyPath } from '../channels.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../platform/clock/clock.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/** The expiry of the nonexistent order, ms from now; arbitrary. */
const SOME_TIME_MS = 600_000;

/**
 * Whether the keys work, per configured channel: sends a signed query about an order that cannot exist, and verifies the
 * answer's signature. Bypasses the circuit breaker.
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
  const order = nonexistentOrder();
  const queried = await channel.query(order);
  if (queried.kind !== 'not_found') return noAnswer(check, hints, queried);
  const both = 'signed by us and accepted; signed by the channel and verified';
  if (hints.notFoundProves === 'both') return ok(check, both);

  // Closing a number that does not exist does nothing, and the answer is signed.
  const closed = await channel.close(order);
  if (closed.kind === 'accepted')
    return ok(check, hints.notProven === undefined ? both : `${both}. Not proven: ${hints.notProven}`);
  if (closed.kind !== 'not_found') return noAnswer(check, hints, closed);
  return warn(
    check,
    `our key works; the channel’s key was not verified, because the answer was not signed (${closed.answer})`,
    `compare ${hints.theirs} with the merchant site; the first order created will verify them`,
  );
}

function noAnswer(
  check: string,
  { ours, theirs }: KeyHints,
  result: { kind: string; answer: string },
): Finding {
  const { kind, answer } = result;
  if (kind === 'misconfigured')
    return fail(
      check,
      `the channel rejects our requests: ${answer}`,
      `correct ${ours}, or the account’s permissions`,
    );
  if (kind === 'rate_limited')
    return warn(check, `not verified: the channel is rate-limiting us (${answer})`, 'try again later');
  if (/clocks differ/.test(answer))
    return fail(check, `the answer is not trusted: ${answer}`, 'synchronize this machine’s clock with NTP');
  if (/signature|signed with/.test(answer))
    return fail(check, `the channel’s signature cannot be verified: ${answer}`, `correct ${theirs}`);
  if (kind === 'unknown')
    return fail(
      check,
      `no usable answer: ${answer}`,
      'check that this machine can reach the channel: address, DNS, firewall, proxy',
    );
  return fail(check, `an order that cannot exist is ${kind}: ${answer}`, `correct ${ours}`);
}

/** Its number is random, with a prefix that none of ours has. */
function nonexistentOrder(): ChannelOrder {
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
