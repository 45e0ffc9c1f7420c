import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumnOnce } from './add-once.ts';

/** A remark on an attempt, besides the channel's answers. Older processes write none. */
export class Note1760000000000 implements MigrationInterface {
  readonly name = 'Note1760000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumnOnce(queryRunner, 'note', 'VARCHAR(200) NULL', 'close_record');
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
