import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The admin page's users, sessions, login attempts and audit trail. */
export class Admin1757000000000 implements MigrationInterface {
  readonly name = 'Admin1757000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS admin_user (
        id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        name          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        role          VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        password_hash VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        session_epoch INT UNSIGNED NOT NULL DEFAULT 0,
        created_at    DATETIME(3) NOT NULL,
        disabled_at   DATETIME(3) NULL,
        UNIQUE KEY uq_name (name)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS admin_session (
        id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        token_hash    CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        user_id       BIGINT UNSIGNED NOT NULL,
        session_epoch INT UNSIGNED NOT NULL,
        created_at    DATETIME(3) NOT NULL,
        seen_at       DATETIME(3) NOT NULL,
        expires_at    DATETIME(3) NOT NULL,
        UNIQUE KEY uq_token_hash (token_hash),
        KEY ix_user (user_id),
        KEY ix_expires_at (expires_at)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS admin_login_attempt (
        id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        name_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        address   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        at        DATETIME(3) NOT NULL,
        KEY ix_name (name_hash, at),
        KEY ix_address (address, at),
        KEY ix_at (at)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS admin_audit (
        id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        at           DATETIME(3) NOT NULL,
        actor        VARCHAR(80) NOT NULL,
        ip           VARCHAR(64) NULL,
        action       VARCHAR(64) NOT NULL,
        subject      VARCHAR(200) NULL,
        value_before TEXT NULL,
        value_after  TEXT NULL,
        outcome      VARCHAR(64) NOT NULL,
        KEY ix_actor (actor, id),
        KEY ix_action (action, id),
        KEY ix_subject (subject, id)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
