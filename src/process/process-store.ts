import type { DataSource } from 'typeorm';
import type { ChannelName } from '../channel/channel.ts';
import type { ChannelPart } from '../channel/parts.ts';

/** A process is considered dead if it was not seen for this long, ms. */
export const ALIVE_MS = 30_000;
/** Rows of processes that were not seen for this many days are deleted. */
const KEEP_DAYS = 1;

/** A process's state, sent with every heartbeat. */
export interface ProcessState {
  id: string;
  /** host:pid. */
  name: string;
  version: string;
  serves: boolean;
  works: boolean;
  /** When its last sweep succeeded; null: none has, or it is not a worker. */
  sweptAt: Date | null;
  /** Its open circuit breakers (熔断): channels or operations, and until when. */
  outOfOrder: (ChannelPart & { channel: ChannelName; until: Date })[];
}

/** A process as others see it. */
export interface SeenProcess extends ProcessState {
  startedAt: Date;
  seenAt: Date;
  /** It was seen within `ALIVE_MS`. */
  isAlive: boolean;
}

export type ProcessStore = ReturnType<typeof createProcessStore>;

/** The running processes, one row each, by the database's clock. Throws if the database is unreachable. */
export function createProcessStore(db: DataSource) {
  return {
    /** Writes the process's row, again if it was deleted meanwhile. Deletes the old rows of others, if they are not locked. */
    async beat({ id, name, version, serves, works, sweptAt, outOfOrder }: ProcessState): Promise<void> {
      const state = [serves, works, sweptAt, JSON.stringify(outOfOrder)];
      await db.query(
        `INSERT INTO process (id, name, version, serves, works, swept_at, out_of_order, started_at, seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE serves = ?, works = ?, swept_at = ?, out_of_order = ?, seen_at = UTC_TIMESTAMP(3)`,
        [id, name, version, ...state, ...state],
      );
      await db
        .query(`DELETE FROM process WHERE seen_at < UTC_TIMESTAMP(3) - INTERVAL ${KEEP_DAYS} DAY LIMIT 100`)
        // The row is written. The next heartbeat deletes the old ones.
        .catch(() => undefined);
    },

    /** The processes seen in the last day, most recent first. */
    async list(): Promise<SeenProcess[]> {
      const rows: ProcessRow[] = await db.query(
        `SELECT id, name, version, serves, works, started_at, seen_at, swept_at, out_of_order,
                seen_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND AS is_alive
         FROM process WHERE seen_at >= UTC_TIMESTAMP(3) - INTERVAL ${KEEP_DAYS} DAY
         ORDER BY seen_at DESC, id LIMIT 1000`,
        [ALIVE_MS / 1000],
      );
      return rows.map(toSeenProcess);
    },
  };
}

interface ProcessRow {
  id: string;
  name: string;
  version: string;
  serves: number;
  works: number;
  started_at: Date;
  seen_at: Date;
  swept_at: Date | null;
  out_of_order: string;
  is_alive: number | string;
}

function toSeenProcess(row: ProcessRow): SeenProcess {
  // Older versions recorded whole channels only.
  const outOfOrder: (Partial<ChannelPart> & { channel: ChannelName; until: string })[] = JSON.parse(
    row.out_of_order,
  );
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    serves: Number(row.serves) === 1,
    works: Number(row.works) === 1,
    startedAt: row.started_at,
    seenAt: row.seen_at,
    isAlive: Number(row.is_alive) === 1,
    sweptAt: row.swept_at,
    outOfOrder: outOfOrder.map(({ channel, operation = 'all', method = null, until }) => ({
      channel,
      operation,
      method,
      until: new Date(until),
    })),
  };
}
