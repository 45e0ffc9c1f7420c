import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when an order needs a person (死信), and the way to those that do. One statement. */
export class Stuck1754000000000 implements MigrationInterface {
  readonly name = 'Stuck1754000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE payment_order
        ADD COLUMN stuck_at DATETIME(3) NULL AFTER retry_count,
        ADD KEY ix_stuck_at (stuck_at, id)`);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
