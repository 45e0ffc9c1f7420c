import { addDeveloper } from '../developer.ts';
import { devEnvOf, newPrefix, readEnv, writeEnv } from '../environment.ts';
import { resetDatabase } from './own-database.ts';

/**
 * Empties the database of the program that runs in this folder, adds the user again, and restarts the program with a new
 * Redis prefix. The old keys are deleted when the run ends: until its restart the program still writes them.
 */
export async function resetDevelopment(folder: string): Promise<{ name: string; password: string }> {
  const env = await readEnv(folder);
  const { databaseUrl, redisPrefix } = devEnvOf(env);
  await resetDatabase(databaseUrl);
  const user = await addDeveloper(databaseUrl);
  await writeEnv(folder, { ...env, REDIS_PREFIX: newPrefix(redisPrefix) });
  return user;
}
