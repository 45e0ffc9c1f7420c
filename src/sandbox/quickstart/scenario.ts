import type { BuiltInChannel } from '../../channel/channel.ts';

/** What one customer of the quickstart does with the code on the screen. Times in ms before the expiry. */
export interface Customer {
  channel: BuiltInChannel;
  does: 'nothing' | 'scans' | 'gives_up' | 'pays' | 'pays_last_moment';
  /** When it happens; unused for `nothing`. */
  beforeExpiryMs: number;
}

/** How long after the deadline the customer who opened the cashier in time types the last digit, ms. */
export const LAST_DIGIT_AFTER_EXPIRY_MS = 1_500;

const behaviours: Pick<Customer, 'does' | 'beforeExpiryMs'>[] = [
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
 * Twenty customers, half of them at each channel: some pay, most do not, and one pays at the very last moment:
 * the cashier is opened before the deadline, the password is complete after it.
 */
export function customers(): Customer[] {
  const both = (['wechat_pay', 'ali_pay'] as const).flatMap((channel) =>
    behaviours.map((behaviour) => ({ channel, ...behaviour })),
  );
  const [first, ...others] = both;
  if (first === undefined) return [];
  return [{ ...first, does: 'pays_last_moment', beforeExpiryMs: 300 }, ...others];
}

export const pays = ({ does }: Customer) => does === 'pays' || does === 'pays_last_moment';
