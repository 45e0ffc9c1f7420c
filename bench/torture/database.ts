import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { migrate } from '../../src/migrate.ts';

/** A migrated database of one's own on a server that others use as well. */
export interface OwnDatabase {
  name: string;
  url: string;
  drop(): Promise<void>;
}

export async function createDatabase(serverUrl: string): Promise<OwnDatabase> {
  const name = `torture_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string) => {
    const admin = await new DataSource({ type: 'mysql', url: serverUrl }).initialize();
    await admin.query(sql);
    await admin.destroy();
  };
  await run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return { name, url: url.href, drop: () => run(`DROP DATABASE ${name}`) };
}
