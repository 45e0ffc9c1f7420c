import type { ChannelName } from '../../../../src/channel/channel.ts';
import type { Fault } from '../../../../src/sandbox/simulator/exchange/faults.ts';
import type { Moment, Operation } from '../../../../src/sandbox/simulator/gateway/operations.ts';
import type { Settings } from '../../../../src/sandbox/simulator/simulators.ts';
import type { Dice } from '../../dice.ts';

/** The commonest most often. */
const operations = [
  'create',
  'query',
  'query',
  'query',
  'close',
  'close',
  'cancel',
  'reverse',
  'refund',
  'refund_query',
] as const;
const moments: readonly Moment[] = ['before', 'after'];

/** Only the signature shows that they are not true. */
const forgedStates: readonly Fault[] = [
  { kind: 'bad_signature', forged: 'paid' },
  { kind: 'missing_headers', forged: 'paid' },
  { kind: 'bad_signature', forged: 'closed' },
  { kind: 'missing_headers', forged: 'closed' },
];
/** Of an order whose creation we know: unsigned, as such answers are, it must decide nothing. */
const denials: readonly Fault[] = [
  { kind: 'bad_signature', forged: 'not_found' },
  { kind: 'missing_headers', forged: 'not_found' },
];
/** How much likelier than any other fault of a query a forged answer is: what decides on it shows only where much else goes well. */
const FORGED_WEIGHT = 3;

/** Faults for the next few requests of one kind about one order: everything that the gateways know how to do. */
export function pickFault(
  dice: Dice,
  channel: ChannelName,
  orderNo: string,
  { isCreated }: { isCreated: boolean },
  operation: Operation = dice.pick(operations),
): Fault {
  const match = { operation, orderNo, times: dice.int(1, 3) };
  const when = dice.pick(moments);
  const kinds: Fault[] = [
    {
      kind: 'status',
      status: dice.pick([500, 502, 503]),
      format: dice.pick(['json', 'html'] as const),
      when,
    },
    { kind: 'rate_limited', when },
    { kind: 'unknown_error', when },
    { kind: 'reset', when },
    { kind: 'lost_reply' },
    { kind: 'bad_signature' },
    { kind: 'missing_headers' },
    { kind: 'timestamp_skew' },
    { kind: 'unknown_serial' },
    { kind: 'truncated_body' },
    { kind: 'wrong_content_type' },
    { kind: 'error', code: dice.pick(['SYSTEM_ERROR', 'BANKERROR', 'SOMETHING_NEW']), status: 500, when },
  ];
  if (operation === 'query')
    kinds.push(
      ...forgedAnswers(isCreated),
      { kind: 'stale_read' },
      { kind: 'stale_read', forMs: dice.int(1, 9) * 1000 },
    );
  if (operation === 'close') kinds.push({ kind: 'user_paying', when });
  if (channel === 'wechat_pay') {
    kinds.push({ kind: 'signtest' }, { kind: 'error', status: 401, code: 'SIGN_ERROR', when });
  }
  return { ...dice.pick(kinds), match };
}

function forgedAnswers(isCreated: boolean): Fault[] {
  const all = isCreated ? [...forgedStates, ...denials] : forgedStates;
  return Array.from({ length: FORGED_WEIGHT }, () => all).flat();
}

/** How this order's gateway behaves where its documents leave it open. */
export function pickSettings(dice: Dice): Partial<Settings> {
  return {
    codePayAsksPassword: dice.chance(0.6),
    codePayPasswordAnswer: dice.pick(['transaction', 'error'] as const),
    closeWhilePaying: dice.pick([429, 202] as const),
    strict404: dice.chance(0.3),
    wechatReverseRetries: dice.pick([0, 0, 1, 2]),
    alipayCancelRetries: dice.pick([0, 0, 1, 2]),
    refundSettlesAfterMs: dice.pick([0, 10_000, 600_000]),
    alipayFundChange: dice.pick(['Y', 'N'] as const),
    alipayCloseRefusal: dice.pick([
      'ACQ.TRADE_STATUS_ERROR',
      'ACQ.REASON_TRADE_STATUS_INVALID',
      'ACQ.REASON_ILLEGAL_STATUS',
    ] as const),
    balanceNotEnough: dice.chance(0.1),
  };
}
