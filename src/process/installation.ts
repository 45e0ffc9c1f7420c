import type { DataSource } from 'typeorm';

/** Who this database is: the same for all its processes, another for every other database. Throws when it cannot be read. */
export async function readInstallation(db: DataSource): Promise<string> {
  const [row]: { uuid: string }[] = await db.query('SELECT uuid FROM installation WHERE id = 1');
  if (row === undefined) throw new Error('The table installation is empty: restore its row from a backup.');
  return row.uuid;
}
