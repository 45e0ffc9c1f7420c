import { randomUUID } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The database's identity, one row: a queue in Redis belongs to one database, see decision 34. */
export class Installation1761000000000 implements MigrationInterface {
  readonly name = 'Installation1761000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS installation (
        id   TINYINT NOT NULL PRIMARY KEY,
        uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    // Generated here: with statement-based replication, UUID() would differ on each replica.
    await queryRunner.query('INSERT IGNORE INTO installation (id, uuid) VALUES (1, ?)', [randomUUID()]);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
