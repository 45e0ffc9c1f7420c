import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addOnce } from './add-once.ts';

/** Since when an order is stuck (死信), with an index. One statement. */
export class Stuck1754000000000 implements MigrationInterface {
  readonly name = 'Stuck1754000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addOnce(
      queryRunner,
      'stuck_at',
      `ADD COLUMN stuck_at DATETIME(3) NULL AFTER retry_count,
        ADD KEY ix_stuck_at (stuck_at, id)`,
    );
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
