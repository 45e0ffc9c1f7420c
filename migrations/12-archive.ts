import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each archive table, and the indexes it keeps of the live one: archived orders are only found by their numbers. */
const archived = {
  payment_order: ['uq_order_no', 'uq_biz_order_no', 'ix_channel_trade_no'],
  close_record: ['ix_order'],
  channel_notification: ['uq_event', 'ix_order_no'],
  refund: ['uq_refund_no', 'ix_order'],
  violation: ['uq_order_kind'],
  merchant_notice: ['uq_event_id', 'ix_order_no'],
  notice_attempt: ['uq_attempt'],
};

/**
 * The archive of ended orders: for each table with an order's rows, an empty one with the same columns. Locks no live
 * table. A migration that later adds a column to a live table adds it to the archive too (`archive.db.test.ts`).
 */
export class Archive1763000000000 implements MigrationInterface {
  readonly name = 'Archive1763000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, kept] of Object.entries(archived)) {
      await queryRunner.query(`CREATE TABLE IF NOT EXISTS ${table}_archive LIKE ${table}`);
      const found: { name: string }[] = await queryRunner.query(
        `SELECT DISTINCT index_name AS name FROM information_schema.statistics
         WHERE table_schema = DATABASE() AND table_name = ?`,
        [`${table}_archive`],
      );
      const rest = found.filter(({ name }) => name !== 'PRIMARY' && !kept.includes(name));
      if (rest.length > 0) {
        const drops = rest.map(({ name }) => `DROP KEY ${name}`);
        await queryRunner.query(`ALTER TABLE ${table}_archive ${drops.join(', ')}`);
      }
    }
  }

  /** Forward only: a rollback would lose the archived orders. */
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
