import { access, chmod, chown, constants, mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The user that a server runs as. Empty: ours. */
export interface Identity {
  uid?: number;
  gid?: number;
}

/** A unix socket's path is limited to 104 bytes on some systems. */
const LONGEST_PATH = 100;
const LONGEST_FILE = '/mysql.sock';
const RANDOM_SUFFIX = 'XXXXXX';
/** The conventional id of the unprivileged user, if the system has no user list. */
const NOBODY_ID = 65_534;

/** As root, the first of these users that exists; otherwise our own. */
export async function unprivilegedIdentity(users: string[]): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  for (const user of [...users, 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${user}:`))?.split(':') ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: NOBODY_ID, gid: NOBODY_ID };
}

/**
 * Creates a directory that only `identity` can access, in a place where `identity` can reach and remove it: TMPDIR if
 * suitable, otherwise /tmp.
 */
export async function createPrivateDirectory(
  name: string,
  identity: Identity,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const prefix = `autoclose-${name}-`;
  for (const parent of new Set([env.TMPDIR ?? tmpdir(), '/tmp', '/var/tmp'])) {
    const length = join(parent, `${prefix}${RANDOM_SUFFIX}${LONGEST_FILE}`).length;
    if (length > LONGEST_PATH || !(await isUsable(parent, identity))) continue;
    const directory = await mkdtemp(join(parent, prefix));
    await chmod(directory, 0o700);
    if (identity.uid !== undefined && identity.gid !== undefined) {
      await chown(directory, identity.uid, identity.gid);
    }
    return directory;
  }
  throw new Error(
    'no temporary directory is suitable for a server’s files; set TMPDIR to one that all users can access',
  );
}

async function isUsable(parent: string, identity: Identity): Promise<boolean> {
  try {
    if (identity.uid === undefined) {
      await access(parent, constants.W_OK | constants.X_OK);
      return true;
    }
    const forOthers = (await stat(parent)).mode & 0o003;
    return forOthers === 0o003 && (await isReachableByAll(dirname(parent)));
  } catch {
    return false;
  }
}

async function isReachableByAll(directory: string): Promise<boolean> {
  if (((await stat(directory)).mode & 0o001) === 0) return false;
  return dirname(directory) === directory || isReachableByAll(dirname(directory));
}
