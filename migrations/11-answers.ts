import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumnOnce } from './add-once.ts';

/**
 * The answers of an attempt as a list, each with its call. Only adds: `query_before`, `close_answer` and `query_after` stay
 * for older records and older processes; a later release drops them.
 */
export class Answers1762000000000 implements MigrationInterface {
  readonly name = 'Answers1762000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumnOnce(queryRunner, 'answers', 'JSON NULL', 'close_record');
  }

  /** Forward only. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
