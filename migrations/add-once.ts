import { setTimeout as wait } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';

/** An ALTER that waits for a long read blocks everybody behind it, so it gives up after this time, s, and retries. */
const LOCK_WAIT_S = 2;
const TRIES = 60;
const PAUSE_MS = 1_000;
const GAVE_UP = ['ER_LOCK_WAIT_TIMEOUT'];

/** Instantly where the server supports that; otherwise by rebuilding the table without blocking writers. */
const FOR_COLUMNS = ['ALGORITHM=INSTANT', 'ALGORITHM=INPLACE, LOCK=NONE'];
/** Without rebuilding the table or blocking writers. */
const FOR_KEYS = ['ALGORITHM=INPLACE, LOCK=NONE'];
/** The server does not support the change this way. */
const NOT_SO = ['ER_ALTER_OPERATION_NOT_SUPPORTED', 'ER_ALTER_OPERATION_NOT_SUPPORTED_REASON'];

/**
 * Runs an ALTER that adds `column`, unless it has run. MySQL commits DDL immediately, so a crash between the ALTER and the
 * record of its migration would otherwise break every later run; and MySQL 8 has no ADD COLUMN IF NOT EXISTS. An ALTER is
 * atomic: if its column exists, so does everything else that it adds.
 */
export async function addOnce(queryRunner: QueryRunner, column: string, alter: string): Promise<void> {
  if (await hasColumn(queryRunner, column)) return;
  await queryRunner.query(`ALTER TABLE payment_order ${alter}`);
}

/** Adds a column at the end (`definition`), unless it exists. Fails rather than block writers. */
export async function addColumnOnce(
  queryRunner: QueryRunner,
  column: string,
  definition: string,
  table = 'payment_order',
): Promise<void> {
  if (await hasColumn(queryRunner, column, table)) return;
  await alterOnline(queryRunner, table, `ADD COLUMN ${column} ${definition}`, FOR_COLUMNS);
}

/** Adds the keys that do not exist yet, by name. Fails rather than block writers. */
export async function addKeysOnce(
  queryRunner: QueryRunner,
  table: string,
  keys: Record<string, string>,
): Promise<void> {
  const found: { name: string }[] = await queryRunner.query(
    `SELECT DISTINCT index_name AS name FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = ?`,
    [table],
  );
  const missing = Object.entries(keys).filter(([key]) => !found.some(({ name }) => name === key));
  if (missing.length === 0) return;
  const adds = missing.map(([key, columns]) => `ADD KEY ${key} (${columns})`);
  await alterOnline(queryRunner, table, adds.join(', '), FOR_KEYS);
}

async function alterOnline(
  queryRunner: QueryRunner,
  table: string,
  change: string,
  [how, ...others]: string[],
): Promise<void> {
  await queryRunner.query(`SET SESSION lock_wait_timeout = ${LOCK_WAIT_S}`);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await queryRunner.query(`ALTER TABLE ${table} ${change}, ${how}`);
        return;
      } catch (error) {
        if (others.length > 0 && isOneOf(error, NOT_SO)) break;
        if (attempt >= TRIES || !isOneOf(error, GAVE_UP)) throw error;
      }
      await wait(PAUSE_MS);
    }
  } finally {
    await queryRunner.query('SET SESSION lock_wait_timeout = DEFAULT');
  }
  await alterOnline(queryRunner, table, change, others);
}

async function hasColumn(
  queryRunner: QueryRunner,
  column: string,
  table = 'payment_order',
): Promise<boolean> {
  const found: unknown[] = await queryRunner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?`,
    [table, column],
  );
  return found.length > 0;
}

function isOneOf(error: unknown, codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
