import type { BuiltInChannel } from '../../channel/channel.ts';

/** What one customer of the quickstart does with the code on the screen. */
export interface Customer {
  channel: BuiltInChannel;
  does: 'nothing' | 'scans' | 'gives_up' | 'pays' | 'pays_last_moment';
  /** When, ms before the expiry; unused for `nothing`. */
  beforeExpiryMs: number;
}

/** When the customer who started to pay in time finishes entering the password, ms after the expiry. */
export const LAST_DIGIT_AFTER_EXPIRY_MS = 1_500;

const behaviors: Pick<Customer, 'does' | 'beforeExpiryMs'>[] = [
  { does: 'nothing', beforeExpiryMs: 0 },
  { does: 'pays', beforeExpiryMs: 2_500 },
  { does: 'scans', beforeExpiryMs: 2_000 },
  { does: 'nothing', beforeExpiryMs: 0 },
  { does: 'gives_up', beforeExpiryMs: 1_500 },
  { does: 'pays', beforeExpiryMs: 1_000 },
  { does: 'nothing', beforeExpiryMs: 0 },
  { does: 'scans', beforeExpiryMs: 800 },
  { does: 'pays', beforeExpiryMs: 600 },
  { does: 'nothing', beforeExpiryMs: 0 },
];

/**
 * Twenty customers, half of them per channel: some pay, most do not, and one pays at the very last moment: opens the cashier
 * before the expiry, and completes the password after it.
 */
export function customers(): Customer[] {
  const both = (['wechat_pay', 'ali_pay'] as const).flatMap((channel) =>
    behaviors.map((behavior) => ({ channel, ...behavior })),
  );
  const [first, ...others] = both;
  if (first === undefined) return [];
  return [{ ...first, does: 'pays_last_moment', beforeExpiryMs: 300 }, ...others];
}

export const pays = ({ does }: Customer) => does === 'pays' || does === 'pays_last_moment';
