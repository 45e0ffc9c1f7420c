import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { additions } from './lines.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const notCopied = new Set(['node_modules', 'dist', '.git']);

/** A compiled copy of the project with a fourth gateway. */
export interface Copy {
  /** The program. */
  main: string;
  /** Changed and added files, sorted. */
  changed: string[];
  added: string[];
  /** Runs tests of the copy; rejects if one fails. */
  test(...files: string[]): Promise<void>;
  remove(): void;
}

/** Adds a fourth gateway to a copy of the project: `new/` and `additions`. Rejects if it does not compile. */
export async function copyWithFourth(): Promise<Copy> {
  const directory = mkdtempSync(join(tmpdir(), 'autoclose-fourth-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const run = promisify(execFile);
  const inCopy = { cwd: directory, env: withoutVitest(process.env) };
  try {
    for (const { name } of readdirSync(root, { withFileTypes: true }).filter(isCopied))
      cpSync(join(root, name), join(directory, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    cpSync(join(import.meta.dirname, 'new'), directory, { recursive: true });
    for (const [file, lines] of Object.entries(additions)) {
      for (const [after, added] of lines) add(join(directory, file), after, added);
    }
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], inCopy);
  } catch (error) {
    remove();
    throw error;
  }
  const here = filesOf(root);
  const there = filesOf(directory);
  return {
    main: join(directory, 'dist/src/main.js'),
    changed: there.filter((file) => here.includes(file) && !isSame(join(root, file), join(directory, file))),
    added: there.filter((file) => !here.includes(file)),
    async test(...files) {
      await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], inCopy);
    },
    remove,
  };
}

function add(file: string, after: string, added: string): void {
  const parts = readFileSync(file, 'utf8').split(after);
  if (parts.length !== 2) throw new Error(`${file} has ${after} ${parts.length - 1} times, not once`);
  // A table row is inserted before the named one.
  writeFileSync(file, parts.join(after.startsWith('|') ? added + after : after + added));
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(isCopied)
    .flatMap((part) => (part.isDirectory() ? filesBelow(join(directory, part.name)) : [part.name]))
    .map((file) => relative(directory, resolve(directory, file)))
    .toSorted();
}

const isCopied = ({ name }: { name: string }) => !notCopied.has(name) && !name.startsWith('.storm-');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

const isSame = (one: string, other: string) => readFileSync(one).equals(readFileSync(other));

/** The copy's tests run in a separate Vitest. */
function withoutVitest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VITEST|TEST|NODE_ENV)/.test(name)));
}
