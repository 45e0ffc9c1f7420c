import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

export interface Example {
  /** The file with the code. */
  file: string;
  /** Resolves `autoclose` to our source. */
  tsconfig: string;
  remove(): Promise<void>;
}

/** Compiles the TypeScript blocks of a documentation page, one after the other, as its reader would. */
export async function compileExample(page: string, edit = (code: string) => code): Promise<Example> {
  const text = await readFile(join(root, page), 'utf8');
  const code = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, block = '']) => block).join('\n');
  const folder = await mkdtemp(join(tmpdir(), 'example-'));
  const file = join(folder, 'example.ts');
  const tsconfig = join(folder, 'tsconfig.json');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(file, edit(code));
  await writeFile(tsconfig, JSON.stringify(settings));
  const remove = () => rm(folder, { recursive: true });
  try {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', tsconfig]);
  } catch (error) {
    await remove();
    throw error;
  }
  return { file, tsconfig, remove };
}

/** Our settings, with the package's name resolved to its source. */
const settings = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    rootDir: '/',
    paths: { autoclose: [join(root, 'src/index.ts')] },
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['example.ts'],
};
