import { type ChannelName, channelNames } from '../channel/channel.ts';

/** Whose lateness is counted: orders that expired unpaid and were closed within `agoMs`, the last `atMost` of them. */
export const countedSince = { agoMs: 24 * 3_600_000, atMost: 10_000 } as const;

/** From expiry to close of one order, as the database says it. */
export interface Timing {
  channel: ChannelName;
  microseconds: string | number;
}

/** For each channel how late its orders were closed, ms: half of them by less than p50, all but a hundredth by less than p99. */
export function latenessByChannel(timings: Timing[]) {
  return channelNames.map((channel) => {
    const sorted = timings
      .filter((timing) => timing.channel === channel)
      .map(({ microseconds }) => Number(microseconds) / 1000)
      .sort((a, b) => a - b);
    return { channel, count: sorted.length, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
  });
}

/** The smallest value that at least this share of all does not exceed; null where there is none. */
function percentile(sorted: number[], share: number): number | null {
  const value = sorted[Math.ceil(sorted.length * share) - 1];
  return value === undefined ? null : Math.round(value);
}
