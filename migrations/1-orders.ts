import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Orders, their close records and the channels' notifications. All times are DATETIME(3) in UTC, all money is
 * an integer of fen. Numbers are compared byte by byte: case matters. MySQL commits each statement separately, so each can
 * be repeated after a crash between them.
 */
export class Orders1750000000000 implements MigrationInterface {
  readonly name = 'Orders1750000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS payment_order (
        id                  BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        order_no            VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        biz_order_no        VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        channel             VARCHAR(20) NOT NULL,
        channel_account     VARCHAR(80) NOT NULL,
        method              VARCHAR(20) NOT NULL,
        title               VARCHAR(100) NOT NULL,
        description         VARCHAR(500) NULL,
        amount_fen          BIGINT NOT NULL,
        status              VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        attach              VARCHAR(500) NULL,
        notify_url          VARCHAR(500) NULL,
        return_url          VARCHAR(500) NULL,
        not_notify          TINYINT NOT NULL DEFAULT 0,
        client_ip           VARCHAR(64) NULL,
        pay_body            TEXT NULL,
        channel_trade_no    VARCHAR(64) NULL,
        error_msg           VARCHAR(300) NULL,
        created_at          DATETIME(3) NOT NULL,
        create_attempted_at DATETIME(3) NOT NULL,
        expires_at          DATETIME(3) NOT NULL,
        paid_at             DATETIME(3) NULL,
        closed_at           DATETIME(3) NULL,
        late_paid_at        DATETIME(3) NULL,
        watch_until         DATETIME(3) NULL,
        next_close_at       DATETIME(3) NULL,
        close_attempts      INT NOT NULL DEFAULT 0,
        retry_reason        VARCHAR(20) NULL,
        retry_count         INT NOT NULL DEFAULT 0,
        lease_token         VARCHAR(36) NULL,
        lease_until         DATETIME(3) NULL,
        UNIQUE KEY uq_order_no (order_no),
        UNIQUE KEY uq_biz_order_no (biz_order_no),
        KEY ix_next_close_at (next_close_at, id)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);

    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS close_record (
        id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        order_id      BIGINT UNSIGNED NOT NULL,
        order_no      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        biz_order_no  VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        channel       VARCHAR(20) NOT NULL,
        close_type    VARCHAR(10) NOT NULL,
        trigger_kind  VARCHAR(10) NOT NULL,
        attempt       INT NOT NULL,
        outcome       VARCHAR(20) NOT NULL,
        query_before  VARCHAR(200) NULL,
        close_answer  VARCHAR(200) NULL,
        query_after   VARCHAR(200) NULL,
        status_before VARCHAR(20) NOT NULL,
        status_after  VARCHAR(20) NOT NULL,
        actor         VARCHAR(100) NULL,
        client_ip     VARCHAR(64) NULL,
        created_at    DATETIME(3) NOT NULL,
        KEY ix_order (order_id, id),
        KEY ix_created_at (created_at)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);

    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS channel_notification (
        id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        channel     VARCHAR(20) NOT NULL,
        event_id    VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        order_no    VARCHAR(64) NULL,
        outcome     VARCHAR(20) NOT NULL,
        body        MEDIUMTEXT NOT NULL,
        received_at DATETIME(3) NOT NULL,
        UNIQUE KEY uq_event (channel, event_id),
        KEY ix_order_no (order_no)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  /** Forward only: a rollback would lose payment records. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
