import { spawn } from 'node:child_process';
import { parseDatabaseUrl } from '../../src/platform/mysql/database-url.ts';
import { devEnvOf, FOLDER, readEnv } from '../environment.ts';

/** `npm run db:console`: opens the MySQL or MariaDB client on the database of `npm run dev`; passes arguments on. */
const { databaseUrl } = devEnvOf(await readEnv(FOLDER));
const { host, port, username, password, database } = parseDatabaseUrl(databaseUrl);
const place = [`--host=${host}`, `--port=${port}`, '--protocol=TCP', `--user=${username}`, database];
process.exitCode = (await open('mysql')) ?? (await open('mariadb')) ?? failed();

/** The client's exit code; null if it is not installed. The password does not appear in process lists. */
function open(client: string): Promise<number | null> {
  const child = spawn(client, [...process.argv.slice(2), ...place], {
    stdio: 'inherit',
    env: { ...process.env, MYSQL_PWD: password },
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function failed(): number {
  process.stderr.write(`No mysql or mariadb client found. The database: ${databaseUrl}\n`);
  return 1;
}
