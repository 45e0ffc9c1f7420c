import type { QueryRunner } from 'typeorm';

/**
 * Runs an ALTER that adds `column`, unless it has run. MySQL commits DDL by itself, so a crash after the ALTER and before
 * the record of its migration would otherwise stop every later run; and MySQL 8 has no ADD COLUMN IF NOT EXISTS. One
 * ALTER is done whole or not at all: its column tells for all that it adds.
 */
export async function addOnce(queryRunner: QueryRunner, column: string, alter: string): Promise<void> {
  const found: unknown[] = await queryRunner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'payment_order' AND column_name = ?`,
    [column],
  );
  if (found.length === 0) await queryRunner.query(`ALTER TABLE payment_order ${alter}`);
}
