import { entities } from '../../src/order/store/tables.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { devEnvOf, FOLDER, readEnv } from '../environment.ts';
import { seedOrders } from './seed-orders.ts';

/** `npm run seed`: adds orders in every phase of life to the database of `npm run dev`. */
const { databaseUrl, accounts } = devEnvOf(await readEnv(FOLDER));
const db = await openDatabase(databaseUrl, entities, []);
try {
  const count = await seedOrders(db, accounts, new Date());
  process.stdout.write(`${count} orders added.\n`);
} finally {
  await db.destroy();
}
