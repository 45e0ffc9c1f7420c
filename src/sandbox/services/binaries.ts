import { execFile } from 'node:child_process';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Common locations of servers that are not in an ordinary user's PATH. */
export const SERVER_DIRECTORIES: readonly string[] = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/local/mysql/bin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mysql/bin',
];

/** Where to look for programs. */
export interface Search {
  env: NodeJS.ProcessEnv;
  /** In addition to PATH. */
  directories: readonly string[];
}

export interface MysqlBinary {
  path: string;
  version: string;
  /** How its data directory is created. */
  flavor: { kind: 'mysql' } | { kind: 'mariadb'; installer: string };
}

/** The first MySQL 8.0 or MariaDB 10.11, or later, on this machine. */
export async function findMysqlBinary(search: Search): Promise<MysqlBinary | null> {
  for (const path of await findPrograms(['mysqld', 'mariadbd'], search)) {
    const text = await versionOf(path, search.env);
    const [, version, major, minor] = /Ver ((\d+)\.(\d+)[.\d]*)/.exec(text) ?? [];
    if (version === undefined) continue;
    const number = Number(major) * 100 + Number(minor);
    if (!/mariadb/i.test(text)) {
      if (number >= 800) return { path, version: `MySQL ${version}`, flavor: { kind: 'mysql' } };
      continue;
    }
    const installer = await findInstaller(path, search);
    if (number >= 1011 && installer !== null) {
      return { path, version: `MariaDB ${version}`, flavor: { kind: 'mariadb', installer } };
    }
  }
  return null;
}

/** The first Redis or Valkey on this machine. */
export async function findRedisBinary(search: Search): Promise<string | null> {
  const [path] = await findPrograms(['redis-server', 'valkey-server'], search);
  return path ?? null;
}

/** Every executable with one of these names, in the order of the names, then of the directories. */
export async function findPrograms(names: string[], search: Search): Promise<string[]> {
  const onPath = (search.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  const directories = [...new Set([...onPath, ...search.directories])];
  const paths = names.flatMap((name) => directories.map((directory) => join(directory, name)));
  const executable = await Promise.all(paths.map(isExecutable));
  return paths.filter((_, index) => executable[index]);
}

async function findInstaller(server: string, search: Search): Promise<string | null> {
  const base = dirname(dirname(await realpath(server)));
  const directories = [join(base, 'bin'), join(base, 'scripts'), ...search.directories];
  const found = await findPrograms(['mariadb-install-db', 'mysql_install_db'], { ...search, directories });
  return found[0] ?? null;
}

async function versionOf(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  return promisify(execFile)(path, ['--no-defaults', '--version'], { env, timeout: 10_000 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
