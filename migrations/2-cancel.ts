import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addOnce } from './add-once.ts';

/** What an order's timer does (`ending`), and an index of the channel's numbers. One statement. */
export class Ending1751000000000 implements MigrationInterface {
  readonly name = 'Ending1751000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addOnce(
      queryRunner,
      'ending',
      `ADD COLUMN ending VARCHAR(10) NOT NULL DEFAULT 'expiry' AFTER watch_until,
        ADD KEY ix_channel_trade_no (channel_trade_no)`,
    );
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** The refunds of cancels (撤销). */
export class Refunds1752000000000 implements MigrationInterface {
  readonly name = 'Refunds1752000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS refund (
        id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        refund_no  VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        order_id   BIGINT UNSIGNED NOT NULL,
        order_no   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        channel    VARCHAR(20) NOT NULL,
        amount_fen BIGINT NOT NULL,
        reason     VARCHAR(10) NOT NULL,
        state      VARCHAR(10) NOT NULL,
        answer     VARCHAR(200) NULL,
        created_at DATETIME(3) NOT NULL,
        ended_at   DATETIME(3) NULL,
        UNIQUE KEY uq_refund_no (refund_no),
        KEY ix_order (order_id)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  /** Forward only: a rollback would lose refunds in progress. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
