import type { DataSource, EntitySchema } from 'typeorm';
import type { Logger } from '../log/logger.ts';
import { readersDatabase } from './database.ts';

/** Until it is tried again, ms. */
const AGAIN_MS = 5_000;

/** The database as people read it, see `readersDatabase`. */
export interface Readers {
  /** Its questions throw while it is not open. */
  db: DataSource;
  /** It is open, or could not be opened and is tried again. Never rejects. */
  tried: Promise<void>;
  close(): Promise<void>;
}

/** Begins to open it, and goes on trying: without it there is no admin page, but orders close. */
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
