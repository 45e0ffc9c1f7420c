import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.ts';
import type { ServerConfig } from '../config.ts';
import { openDatabase } from '../platform/mysql/database.ts';
import { checkDatabaseClock } from './database/clock.ts';
import { checkMigrations } from './database/migrations.ts';
import { checkOrders } from './database/orders.ts';
import { checkProcesses } from './database/processes.ts';
import { checkServer } from './database/server.ts';
import { type Check, type Finding, fail, messageOf } from './finding.ts';

/** Examines one part of the database over an open connection. */
type Probe = (db: DataSource, server: ServerConfig) => Promise<Finding[]>;

const probes: Record<string, Probe> = {
  'database server': checkServer,
  'database clock': checkDatabaseClock,
  migrations: checkMigrations,
  processes: checkProcesses,
  orders: checkOrders,
};

/** The database server, its tables, and whether any process works on the orders in them. */
export function checkDatabase(server: ServerConfig): Check {
  return { name: 'database', run: () => askDatabase(server) };
}

async function askDatabase(server: ServerConfig): Promise<Finding[]> {
  let db: DataSource;
  try {
    db = await openDatabase(server.DATABASE_URL, [], migrations);
  } catch (error) {
    const fix = 'check that it runs, and that DATABASE_URL has the right host, user, password and database';
    return [fail('database', messageOf(error), fix)];
  }
  try {
    const findings = await Promise.all(
      Object.entries(probes).map(([name, probe]) =>
        probe(db, server).catch((error) => [
          fail(name, `could not be examined: ${messageOf(error)}`, 'fix what the message says'),
        ]),
      ),
    );
    return findings.flat();
  } finally {
    await db.destroy();
  }
}
