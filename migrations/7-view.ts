import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumnOnce, addKeysOnce } from './add-once.ts';

/**
 * When a row last changed, maintained by the database, and the indexes of the admin page's lists. In microseconds, so that two
 * changes of an order within a millisecond differ. Existing orders count as changed now. MariaDB rebuilds the table for the
 * column, without blocking writers.
 */
export class View1758000000000 implements MigrationInterface {
  readonly name = 'View1758000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumnOnce(
      queryRunner,
      'updated_at',
      'DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)',
    );
    await addKeysOnce(queryRunner, 'payment_order', {
      ix_updated_at: 'updated_at',
      ix_channel_status: 'channel, status, created_at',
      ix_status_ending: 'status, ending',
      ix_watch_until: 'watch_until',
    });
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Indexes of close records by kind, newest first. */
export class CloseRecordView1758100000000 implements MigrationInterface {
  readonly name = 'CloseRecordView1758100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addKeysOnce(queryRunner, 'close_record', {
      ix_outcome: 'outcome, id',
      ix_trigger: 'trigger_kind, id',
      ix_trigger_outcome: 'trigger_kind, outcome, id',
      ix_channel: 'channel, id',
    });
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
