import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addOnce } from './add-once.ts';

/** When a late payment was made and handled. One statement. */
export class LatePayments1755000000000 implements MigrationInterface {
  readonly name = 'LatePayments1755000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addOnce(
      queryRunner,
      'late_handled_at',
      `ADD COLUMN late_handled_at DATETIME(3) NULL AFTER late_paid_at,
        ADD KEY ix_late_paid_at (late_paid_at, id)`,
    );
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** Violations: closed orders that turned out to be paid or payable, once per order and kind. */
export class Violations1756000000000 implements MigrationInterface {
  readonly name = 'Violations1756000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS violation (
        id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        order_id BIGINT UNSIGNED NOT NULL,
        order_no VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        channel  VARCHAR(20) NOT NULL,
        kind     VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        found_at DATETIME(3) NOT NULL,
        UNIQUE KEY uq_order_kind (order_id, kind)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
