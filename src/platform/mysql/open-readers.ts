import type { DataSource, EntitySchema } from 'typeorm';
import type { Logger } from '../log/logger.ts';
import { readersDatabase } from './database.ts';

/** Delay before the next attempt to open it, ms. */
const AGAIN_MS = 5_000;

/** The admin page's database connections, see `readersDatabase`. */
export interface Readers {
  /** Queries throw until it is open. */
  db: DataSource;
  /** Resolves after the first attempt to open it, whether that succeeded or not. Never rejects. */
  tried: Promise<void>;
  close(): Promise<void>;
}

/** Opens the connections, retrying in the background: without them the admin page fails, but orders still close. */
export function openReaders(url: string, entities: EntitySchema[], log: Logger): Readers {
  const db = readersDatabase(url, entities);
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;

  async function open(attempt: number): Promise<void> {
    try {
      await db.initialize();
      if (isClosed) await db.destroy();
    } catch (error) {
      if (isClosed) return;
      if (attempt > 1)
        log.warn(
          { err: error instanceof Error ? error.message : 'error' },
          'admin page cannot open its database connection; will retry',
        );
      again = setTimeout(() => void open(attempt + 1), AGAIN_MS);
      again.unref();
    }
  }

  return {
    db,
    tried: open(1),
    async close() {
      isClosed = true;
      clearTimeout(again);
      if (db.isInitialized) await db.destroy();
    },
  };
}
