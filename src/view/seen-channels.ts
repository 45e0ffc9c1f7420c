import type { DataSource } from 'typeorm';
import type { ChannelName } from '../channel/channel.ts';

/** Every channel that has orders, also those of shops' own. From the index, one step for each. */
export async function readChannels(db: DataSource): Promise<ChannelName[]> {
  const found: { channel: ChannelName }[] = await db.query(
    'SELECT channel FROM payment_order FORCE INDEX (ix_channel_status) GROUP BY channel',
  );
  return found.map(({ channel }) => channel);
}
