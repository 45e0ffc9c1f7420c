import type { ChannelName } from '../../src/channel/channel.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

export const CONCURRENCY = 10;
const PER_SECOND = 100;

/** Hundreds of overdue orders, and their calls at the channels. */
export interface Backlog {
  world: World;
  /** Orders whose creation never reached their channel, long overdue. */
  add(channel: ChannelName, count: number): Promise<void>;
  /** The number of these rows that match the condition. */
  counted(channel: ChannelName, condition: string): Promise<number>;
  allClosed(channel: ChannelName): Promise<unknown>;
  calls(channel: ChannelName): readonly { at: Date; endedAt: Date }[];
  /** Applies this fault to every call to WeChat Pay from now on. */
  goDown(fault: { kind: 'status'; status: number } | { kind: 'reset' } | { kind: 'hang' }): void;
}

export async function createBacklog(): Promise<Backlog> {
  const world = await createWorld({
    CLOSE_CONCURRENCY: String(CONCURRENCY),
    CHANNEL_CLOSES_PER_S: String(PER_SECOND),
    SWEEP_INTERVAL_MS: '1000',
  });
  const { control } = world.simulator;
  const backlog: Backlog = {
    world,
    async add(channel, count) {
      const one = await world.create(channel);
      await world.app.deps.timer.clear(one);
      await world.query(`UPDATE payment_order SET next_close_at = NULL WHERE id = ${one.id}`);
      await world.query(`
    INSERT INTO payment_order (order_no, biz_order_no, channel, channel_account, method, title, amount_fen, status,
      created_at, create_attempted_at, expires_at, next_close_at)
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.min(count, 1000)})
    SELECT CONCAT('O', i, 'N', id), CONCAT('O', i, 'N', id), channel, channel_account, method, title, amount_fen,
      status, '2020-01-01', '2020-01-01', '2020-01-01', '2020-01-01'
    FROM payment_order, n WHERE id = ${one.id}`);
    },
    async counted(channel, condition) {
      const rows = (await world.query(
        `SELECT COUNT(*) AS n FROM payment_order WHERE channel = '${channel}' AND created_at = '2020-01-01' AND (${condition})`,
      )) as { n: string }[];
      return Number(rows[0]?.n);
    },
    allClosed: (channel) =>
      until(
        `all orders of ${channel} are closed`,
        async () => (await backlog.counted(channel, "status <> 'close'")) === 0,
        150_000,
      ),
    calls: (channel) => control.log().filter((entry) => entry.channel === channel),
    goDown(fault) {
      control.addFault({ ...fault, match: { channel: 'wechat_pay' } });
    },
  };
  return backlog;
}
