import type { DataSource } from 'typeorm';
import type { ChannelName } from '../channel/channel.ts';

/** All channels that have orders, including custom ones. Reads one index entry per channel. */
export async function readChannels(db: DataSource): Promise<ChannelName[]> {
  const found: { channel: ChannelName }[] = await db.query(
    'SELECT channel FROM payment_order FORCE INDEX (ix_channel_status) GROUP BY channel',
  );
  return found.map(({ channel }) => channel);
}
