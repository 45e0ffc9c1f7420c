import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addOnce } from './add-once.ts';

/** The API generation that created an order and that its notices use. One statement. */
export class ApiGeneration1753000000000 implements MigrationInterface {
  readonly name = 'ApiGeneration1753000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addOnce(
      queryRunner,
      'api_generation',
      `ADD COLUMN api_generation VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER client_ip`,
    );
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

/** The merchant notices and their delivery attempts. */
export class Notices1753100000000 implements MigrationInterface {
  readonly name = 'Notices1753100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS merchant_notice (
        id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        event_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        order_id        BIGINT UNSIGNED NOT NULL,
        order_no        VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        event           VARCHAR(20) NOT NULL,
        url             VARCHAR(500) NOT NULL,
        host            VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        snapshot        MEDIUMTEXT NOT NULL,
        state           VARCHAR(10) NOT NULL,
        attempts        INT NOT NULL DEFAULT 0,
        attempts_before INT NOT NULL DEFAULT 0,
        next_at         DATETIME(3) NULL,
        lease_token     CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
        created_at      DATETIME(3) NOT NULL,
        ended_at        DATETIME(3) NULL,
        UNIQUE KEY uq_event_id (event_id),
        KEY ix_order_no (order_no),
        KEY ix_due (state, host, next_at)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);

    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS notice_attempt (
        id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        notice_id   BIGINT UNSIGNED NOT NULL,
        attempt     INT NOT NULL,
        at          DATETIME(3) NOT NULL,
        duration_ms INT NULL,
        outcome     VARCHAR(20) NOT NULL,
        http_status INT NULL,
        answer      VARCHAR(200) NULL,
        UNIQUE KEY uq_attempt (notice_id, attempt)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  /** Forward only: a rollback would lose undelivered notices. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
