import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Compiled, standByScript } from './kept-process.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Types are not checked. It lies below the project, where its packages are found. */
export async function compile(): Promise<Compiled> {
  const directory = await mkdtemp(join(root, '.storm-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const options = ['--noCheck', '--declaration', 'false', '--sourceMap', 'false', '--outDir', directory];
  const child = spawn(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  await once(child, 'close');
  if (child.exitCode !== 0) {
    await remove();
    throw new Error(`the program does not compile:\n${said}`);
  }
  const standBy = join(directory, 'stand-by.js');
  await writeFile(standBy, standByScript);
  return {
    directory,
    main: join(directory, 'src', 'main.js'),
    standBy: pathToFileURL(standBy).href,
    remove,
  };
}
