import type { DataSource } from 'typeorm';
import type { ChannelName } from '../channel/channel.ts';
import type { ChannelPart } from '../channel/parts.ts';

/** A process that has not been seen for so long, ms, is taken for dead. */
export const ALIVE_MS = 30_000;
/** Rows of processes that have not been seen for so long are dropped, days. */
const KEEP_DAYS = 1;

/** What a running process says of itself, with every beat. */
export interface ProcessState {
  id: string;
  /** host:pid. */
  name: string;
  version: string;
  serves: boolean;
  works: boolean;
  /** When its sweep last ended well; null: it has not, or it does not work. */
  sweptAt: Date | null;
  /** Channels, or operations of them, that are out of order for it (熔断), and until when. */
  outOfOrder: (ChannelPart & { channel: ChannelName; until: Date })[];
}

/** A process as the others see it. */
export interface SeenProcess extends ProcessState {
  startedAt: Date;
  seenAt: Date;
  /** It has been seen lately. */
  isAlive: boolean;
}

export type ProcessStore = ReturnType<typeof createProcessStore>;

/** Which processes run: one row for each, all on the database's clock. Throws when the database cannot be reached. */
export function createProcessStore(db: DataSource) {
  return {
    /**
     * The process is alive now. Writes its row, again if that has been dropped meanwhile; drops the old ones of others,
     * where nobody has locked them.
     */
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
        // It has been written that this one is alive. The next beat drops them.
        .catch(() => undefined);
    },

    /** Those that have been seen in the last day, those seen last first. */
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
  // An older version has written of whole channels alone.
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
