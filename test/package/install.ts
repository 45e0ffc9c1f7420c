import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const root = resolve(import.meta.dirname, '../..');

/** Not part of the build or the tarball. */
const isLeftOut = (name: string) => /^(node_modules|dist|\.git|\.env|test|bench|\.storm-.*)$/.test(name);

export interface Installed {
  /** A folder with only the installed tarball and its dependencies. */
  folder: string;
  /** The command, as npm installs it. */
  program: string;
  /** The tarball's files, as paths in it. */
  files: string[];
  /** Runs a program there; returns its output. */
  run(command: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Builds and packs a copy of the source, and installs the tarball like npm with `--omit=dev`, without a network: its
 * production dependencies are those in the lockfile, and there is nothing else.
 */
export async function installTarball(): Promise<Installed> {
  const base = await mkdtemp(join(tmpdir(), 'package-'));
  const remove = () => rm(base, { recursive: true, force: true });
  try {
    const build = join(base, 'build');
    for (const name of await readdir(root)) {
      if (!isLeftOut(name)) await cp(join(root, name), join(build, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(build, 'node_modules'));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: build });
    // As built with the admin page.
    await mkdir(join(build, 'dist/admin'), { recursive: true });
    await writeFile(join(build, 'dist/admin/index.html'), '<!doctype html>');
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json'], { cwd: build });
    const [{ filename, files }]: [{ filename: string; files: { path: string }[] }] = JSON.parse(
      packed.stdout,
    );

    const folder = join(base, 'shop');
    const home = join(folder, 'node_modules/autoclose');
    await mkdir(home, { recursive: true });
    await run('tar', ['-xzf', join(build, filename), '--strip-components=1', '-C', home]);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    for (const name of await productionPackages()) {
      const target = join(folder, 'node_modules', name);
      await mkdir(dirname(target), { recursive: true });
      await symlink(join(root, 'node_modules', name), target);
    }
    const { bin } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    const program = join(folder, 'node_modules/.bin/autoclose');
    await mkdir(dirname(program));
    await chmod(join(home, bin.autoclose), 0o755);
    await symlink(join('../autoclose', bin.autoclose), program);
    return {
      folder,
      program,
      files: files.map(({ path }) => path),
      run: async (command, ...args) => (await run(command, args, { cwd: folder })).stdout,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The lockfile's packages by folder. */
export async function lockedPackages(): Promise<[string, LockedPackage][]> {
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(lock.packages).filter(([path]) => path !== '');
}

interface LockedPackage {
  dev?: boolean;
  devOptional?: boolean;
  engines?: { node?: string };
}

/** The names of the top-level packages, without those needed only for development. */
async function productionPackages(): Promise<string[]> {
  const found = (await lockedPackages()).filter(([, { dev, devOptional }]) => !dev && !devOptional);
  return found.flatMap(([path]) => /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? []);
}
