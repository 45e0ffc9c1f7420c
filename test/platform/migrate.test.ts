import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { migrate } from '../../src/migrate.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

test('a migration that died between its statement and its record runs again, whichever it was', async () => {
  const { DATABASE_URL: databaseUrl = '' } = world.env;
  for (const name of migrations.map((Migration) => new Migration().name)) {
    await world.query(`DELETE FROM autoclose_migrations WHERE name = '${name}'`);
    expect(await migrate(databaseUrl)).toContain(name);
  }
  expect(await migrate(databaseUrl)).toEqual([]);
});
