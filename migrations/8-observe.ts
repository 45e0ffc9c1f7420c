import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumnOnce, addKeysOnce } from './add-once.ts';

/** The running processes and their heartbeats, one row each, see `src/process/heartbeat.ts`. */
export class Processes1759000000000 implements MigrationInterface {
  readonly name = 'Processes1759000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS process (
        id           CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
        name         VARCHAR(255) NOT NULL,
        version      VARCHAR(40) NOT NULL,
        serves       TINYINT NOT NULL,
        works        TINYINT NOT NULL,
        started_at   DATETIME(3) NOT NULL,
        seen_at      DATETIME(3) NOT NULL,
        swept_at     DATETIME(3) NULL,
        out_of_order TEXT NOT NULL,
        KEY ix_seen_at (seen_at)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/**
 * The trace of an order's creation, and the indexes of the figures: open orders by expiry, ended orders by time, and how late
 * each channel's orders closed.
 */
export class Traces1759100000000 implements MigrationInterface {
  readonly name = 'Traces1759100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumnOnce(queryRunner, 'trace_id', 'CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL');
    await addKeysOnce(queryRunner, 'payment_order', {
      ix_status_expires_at: 'status, expires_at, channel',
      ix_closed_at: 'closed_at',
      ix_ending_channel: 'ending, channel, closed_at, expires_at',
      ix_paid_at: 'paid_at',
    });
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
