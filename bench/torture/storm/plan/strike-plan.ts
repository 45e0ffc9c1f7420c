import type { Fault } from '../../../../src/sandbox/simulator/exchange/faults.ts';
import type { Moment, Operation } from '../../../../src/sandbox/simulator/gateway/operations.ts';
import type { DeliveryFaults } from '../../../../src/sandbox/simulator/notify/delivery-faults.ts';
import type { Settings } from '../../../../src/sandbox/simulator/simulators.ts';
import type { Dice } from '../../dice.ts';

export type MailFault = keyof DeliveryFaults;

/** One fault. */
export type Strike =
  /** SIGKILL to one of our processes, which is started again at once. */
  | { kind: 'kill'; process: number }
  /** SIGSTOP to one of them, and SIGCONT later: often after its leases have run out. */
  | { kind: 'pause'; process: number; forMs: number }
  | { kind: 'server'; server: 'redis' | 'database'; downMs: number }
  | { kind: 'flush redis' }
  /** Connections are reset, or fall silent without a word. */
  | { kind: 'connections'; to: 'redis' | 'database'; how: 'cut' | 'silence' }
  | { kind: 'fault'; fault: Fault; forMs: number }
  /** Something happens to the gateways' next notifications. */
  | { kind: 'mail'; fault: MailFault; ms: number }
  | { kind: 'gateway'; settings: Partial<Settings>; after: Partial<Settings>; forMs: number };

export interface PlannedStrike {
  /** After the storm's beginning, ms. */
  atMs: number;
  strike: Strike;
}

const channels = [null, null, 'wechat_pay', 'ali_pay', 'union_pay'] as const;
const moments: readonly Moment[] = ['before', 'after'];
/** The commonest most often. */
const operations: readonly (Operation | null)[] = [
  ...([null, null, null, null, 'create', 'create', 'query', 'query', 'query', 'close', 'close'] as const),
  ...(['cancel', 'reverse', 'refund', 'refund_query'] as const),
];
const mailFaults: readonly MailFault[] = [
  ...(['drop', 'drop', 'dup', 'dup', 'delay', 'reorder', 'tamper'] as const),
  ...(['badAad', 'badSignature', 'signtest'] as const),
];

/** The one that serves more rarely: without it merchants create nothing. */
const pausable = [0, 1, 1, 2, 2] as const;

/** All faults of a storm of this length; each kind has its own pace. */
export function planStrikes(dice: Dice, lengthMs: number): PlannedStrike[] {
  const strikes: PlannedStrike[] = [];
  function every(minMs: number, maxMs: number, pick: () => Strike): void {
    for (let at = dice.int(0, maxMs); at < lengthMs; at += dice.int(minMs, maxMs)) {
      strikes.push({ atMs: at, strike: pick() });
    }
  }
  every(600, 1_400, () => ({ kind: 'kill', process: dice.int(0, 2) }));
  every(4_000, 12_000, () => ({ kind: 'pause', process: dice.pick(pausable), forMs: dice.int(500, 12_000) }));
  every(250, 900, () => ({ kind: 'fault', fault: pickFault(dice), forMs: dice.int(300, 4_000) }));
  every(300, 1_200, () => ({ kind: 'mail', fault: dice.pick(mailFaults), ms: dice.int(100, 4_000) }));
  every(5_000, 14_000, () => pickOutage(dice));
  every(4_000, 12_000, () => pickMood(dice));
  return strikes;
}

function pickOutage(dice: Dice): Strike {
  const to = dice.pick(['redis', 'database'] as const);
  return dice.weigh<{ weight: number; strike: Strike }>([
    { weight: 3, strike: { kind: 'server', server: to, downMs: dice.int(0, 1_500) } },
    { weight: 2, strike: { kind: 'flush redis' } },
    { weight: 2, strike: { kind: 'connections', to, how: 'cut' } },
    // It takes ten seconds to be noticed: often, it would hide everything else.
    { weight: 1, strike: { kind: 'connections', to, how: 'silence' } },
  ]).strike;
}

/** What the gateways do on their own account for a while. */
function pickMood(dice: Dice): Strike {
  const forMs = dice.int(1_000, 4_000);
  return dice.pick<Strike>([
    { kind: 'gateway', settings: { balanceNotEnough: true }, after: { balanceNotEnough: false }, forMs },
    { kind: 'gateway', settings: { wechatReverseRetries: 2 }, after: { wechatReverseRetries: 0 }, forMs },
    { kind: 'gateway', settings: { alipayCancelRetries: 2 }, after: { alipayCancelRetries: 0 }, forMs },
  ]);
}

/** Everything that the gateways know how to do, for a share of the requests. */
function pickFault(dice: Dice): Fault {
  const channel = dice.pick(channels);
  const operation = dice.pick(operations);
  const match = {
    ...(channel === null ? {} : { channel }),
    ...(operation === null ? {} : { operation }),
    probability: 0.1 + 0.5 * dice.next(),
  };
  const when = dice.pick(moments);
  const format = dice.pick(['json', 'html'] as const);
  const kinds: Fault[] = [
    { kind: 'status', status: dice.pick([500, 502, 503]), format, when },
    { kind: 'rate_limited', when },
    { kind: 'unknown_error', when },
    { kind: 'error', code: dice.pick(['SYSTEM_ERROR', 'BANKERROR', 'SOMETHING_NEW']), status: 500, when },
    { kind: 'bad_signature' },
    { kind: 'missing_headers' },
    { kind: 'signtest' },
    { kind: 'timestamp_skew' },
    { kind: 'unknown_serial' },
    { kind: 'truncated_body' },
    { kind: 'wrong_content_type' },
    { kind: 'latency', ms: dice.int(100, 7_000), when },
    { kind: 'hang' },
    { kind: 'reset', when },
    { kind: 'lost_reply' },
    // So little that no order is past its channel's deadline meanwhile: further behind, a gateway would be lying.
    { kind: 'stale_read', forMs: dice.int(500, 9_000) },
  ];
  if (operation === 'close') kinds.push({ kind: 'user_paying', when });
  return { ...dice.pick(kinds), match };
}
