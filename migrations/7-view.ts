import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addOnce } from './add-once.ts';

/**
 * When a row last changed, kept by the database whoever writes it, and the ways to what people look for. Microseconds: two
 * changes of one order in one millisecond are two. Orders that were there before count as changed now. Of the rows no
 * copy is made and writers go on meanwhile. One statement.
 */
export class View1758000000000 implements MigrationInterface {
  readonly name = 'View1758000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addOnce(
      queryRunner,
      'updated_at',
      `ADD COLUMN updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
        ADD KEY ix_updated_at (updated_at),
        ADD KEY ix_channel_status (channel, status, created_at),
        ADD KEY ix_status_ending (status, ending),
        ADD KEY ix_watch_until (watch_until)`,
    );
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** The ways to close records of one kind, newest first. */
export class CloseRecordView1758100000000 implements MigrationInterface {
  readonly name = 'CloseRecordView1758100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const found: unknown[] = await queryRunner.query(
      `SELECT 1 FROM information_schema.statistics
       WHERE table_schema = DATABASE() AND table_name = 'close_record' AND index_name = 'ix_outcome'`,
    );
    if (found.length > 0) return;
    await queryRunner.query(`
      ALTER TABLE close_record
        ADD KEY ix_outcome (outcome, id),
        ADD KEY ix_trigger (trigger_kind, id),
        ADD KEY ix_trigger_outcome (trigger_kind, outcome, id),
        ADD KEY ix_channel (channel, id)`);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
