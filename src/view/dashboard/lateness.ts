import type { DataSource } from 'typeorm';
import { type ChannelName, channelNames } from '../../channel/channel.ts';

/** Covers orders that expired unpaid and closed within this time, ms; per channel the last so many. */
const SINCE_MS = 24 * 3_600_000;
const AT_MOST = 5_000;

/**
 * How late orders close, ms, as median and 99th percentile, for each channel that is built in or has orders. Throws if the
 * database is unreachable.
 */
export async function readLateness(db: DataSource, channels: ChannelName[], now: Date) {
  const since = new Date(now.getTime() - SINCE_MS);
  const lateness = [];
  for (const channel of new Set([...channelNames, ...channels])) {
    const found: { microseconds: string | number }[] = await db.query(
      `SELECT TIMESTAMPDIFF(MICROSECOND, expires_at, closed_at) AS microseconds
       FROM payment_order FORCE INDEX (ix_ending_channel)
       WHERE ending = 'expiry' AND channel = ? AND closed_at >= ? AND closed_at >= expires_at
       ORDER BY closed_at DESC LIMIT ${AT_MOST}`,
      [channel, since],
    );
    const sorted = found.map(({ microseconds }) => Number(microseconds) / 1000).sort((a, b) => a - b);
    const percentiles = { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
    lateness.push({ channel, count: sorted.length, ...percentiles });
  }
  return lateness;
}

/** The smallest value that at least this share of all values does not exceed; null: no values. */
function percentile(sorted: number[], share: number): number | null {
  const value = sorted[Math.ceil(sorted.length * share) - 1];
  return value === undefined ? null : Math.round(value);
}
