import { randomBytes } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MysqlBinary } from './binaries.ts';
import { runToEnd, startLocalServer } from './local-server.ts';
import type { OwnServer } from './own-server.ts';
import { pingMysql } from './until-ready.ts';

const USER = 'autoclose';
const DATABASE = 'autoclose';
/** MySQL 8 writes its system tables for several seconds, much longer on a slow disk. */
const PREPARE_WITHIN_MS = 120_000;

/**
 * Little memory, but as durable as in production: committed data survives a kill. Options that only MySQL or only MariaDB
 * has are `loose`.
 */
const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--performance-schema=OFF',
  '--loose-mysqlx=OFF',
  '--character-set-server=utf8mb4',
  '--max-connections=300',
  '--key-buffer-size=1M',
  '--loose-aria-pagecache-buffer-size=8M',
  '--innodb-buffer-pool-size=64M',
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-buffer-pool-dump-at-shutdown=OFF',
  '--innodb-buffer-pool-load-at-startup=OFF',
];
/** The redo log's size; the server must run with the one that the data directory was created with. */
const REDO_LOG = '--loose-innodb-log-file-size=32M';

/** Starts MySQL or MariaDB with an empty database, its own user and a random password. */
export async function startMysqlServer(
  binary: MysqlBinary,
  env: NodeJS.ProcessEnv,
  settings: readonly string[] = [],
): Promise<OwnServer> {
  const password = randomBytes(12).toString('hex');
  const { flavor } = binary;
  return startLocalServer(
    {
      name: 'mysql',
      users: ['mysql'],
      async prepare(supervisor, identity) {
        const initFile = join(supervisor.directory, 'init.sql');
        await writeFile(initFile, initSql(password), { mode: 0o600 });
        if (identity.uid !== undefined && identity.gid !== undefined) {
          await chown(initFile, identity.uid, identity.gid);
        }
        const data = `--datadir=${join(supervisor.directory, 'data')}`;
        const command =
          flavor.kind === 'mariadb'
            ? [flavor.installer, '--no-defaults', data, '--skip-name-resolve', '--skip-test-db', REDO_LOG]
            : [binary.path, '--no-defaults', '--initialize-insecure', data, REDO_LOG, ...ownSettings(binary)];
        await runToEnd(supervisor, command, PREPARE_WITHIN_MS);
      },
      command: (directory, port) => [
        binary.path,
        '--no-defaults',
        `--datadir=${join(directory, 'data')}`,
        `--socket=${join(directory, 'mysql.sock')}`,
        `--pid-file=${join(directory, 'mysql.pid')}`,
        `--tmpdir=${directory}`,
        `--init-file=${join(directory, 'init.sql')}`,
        `--port=${port}`,
        ...SETTINGS,
        REDO_LOG,
        ...ownSettings(binary),
        ...settings,
      ],
      url: (port) => `mysql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
      ask: pingMysql,
    },
    env,
  );
}

/** MySQL does not start without its default export directory, unless disabled; MariaDB would read NULL as a path. */
function ownSettings({ flavor }: MysqlBinary): string[] {
  return flavor.kind === 'mysql' ? ['--secure-file-priv=NULL'] : [];
}

/** Run by the server at every start; MySQL requires one statement per line. */
function initSql(password: string): string {
  return [
    `CREATE DATABASE IF NOT EXISTS ${DATABASE};`,
    `CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${USER}'@'%' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}
