import { randomUUID } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who this database is: a queue in Redis belongs to one database, see decision 34. One row. */
export class Installation1761000000000 implements MigrationInterface {
  readonly name = 'Installation1761000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS installation (
        id   TINYINT NOT NULL PRIMARY KEY,
        uuid CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`);
    // Made here: UUID() would differ on each replica of a server that replicates statements.
    await queryRunner.query('INSERT IGNORE INTO installation (id, uuid) VALUES (1, ?)', [randomUUID()]);
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
