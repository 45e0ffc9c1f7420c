import type { DataSource } from 'typeorm';

/** This database's identity: the same for all its processes, unique per database. Throws if it cannot be read. */
export async function readInstallation(db: DataSource): Promise<string> {
  const [row]: { uuid: string }[] = await db.query('SELECT uuid FROM installation WHERE id = 1');
  if (row === undefined) throw new Error('The table installation is empty: restore its row from a backup.');
  return row.uuid;
}
