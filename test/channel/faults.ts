import type { BuiltInChannel } from '../../src/channel/channel.ts';
import type { Fault } from '../../src/sandbox/simulator/exchange/faults.ts';

/** Faults after which the result is unknown. */
export const outages: Record<string, Fault> = {
  reset: { kind: 'reset' },
  'reset after the effect': { kind: 'reset', when: 'after' },
  'lost reply': { kind: 'lost_reply' },
  '500 JSON': { kind: 'status', status: 500 },
  '500 HTML': { kind: 'status', status: 500, format: 'html' },
  '502 HTML': { kind: 'status', status: 502, format: 'html' },
  '503 JSON after the effect': { kind: 'status', status: 503, when: 'after' },
  'system error': { kind: 'unknown_error' },
  'a code that no table lists': { kind: 'error', code: 'SOMETHING_NEW', status: 400 },
  '404 HTML': { kind: 'status', status: 404, format: 'html' },
  '302': { kind: 'status', status: 302 },
};

/** Answers that cannot be verified, and the close record's text for them. */
export const unverified: Record<BuiltInChannel, [Fault, string][]> = {
  wechat_pay: [
    [{ kind: 'bad_signature' }, 'bad signature'],
    [{ kind: 'signtest' }, 'signature test'],
    [{ kind: 'missing_headers' }, 'without a signature'],
    [{ kind: 'timestamp_skew' }, 'signed too long ago, or clocks differ'],
    [{ kind: 'unknown_serial' }, 'signed with an unknown key'],
  ],
  ali_pay: [
    [{ kind: 'bad_signature' }, 'bad signature'],
    [{ kind: 'signtest' }, 'bad signature'],
    [{ kind: 'missing_headers' }, 'without a signature'],
  ],
  union_pay: [
    [{ kind: 'bad_signature' }, 'bad signature'],
    [{ kind: 'missing_headers' }, 'without a signature'],
    [{ kind: 'timestamp_skew' }, 'signed with an expired certificate'],
    [{ kind: 'unknown_serial' }, 'signed with an unknown certificate'],
  ],
};
