import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

test("the README's example of the client compiles, and creates and closes an order", async () => {
  const [, example = ''] = /```ts\n(.*?)```/s.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? [];
  expect(example).toContain("from 'autoclose/client'");
  const url = await world.app.serve();
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  const config = join(folder, 'tsconfig.json');
  try {
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'example.ts'), example.replace('http://127.0.0.1:9000', url));
    await writeFile(config, JSON.stringify(settings));
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', config]);
    const { stdout } = await run(process.execPath, ['--import', 'tsx', join(folder, 'example.ts')], {
      cwd: root,
      env: { ...process.env, TSX_TSCONFIG_PATH: config },
    });
    expect(stdout).toMatch(/^show this code: weixin:\/\/\S+\nclosed\n$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Ours, with the package's name for the source of the client. */
const settings = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    rootDir: '/',
    paths: { 'autoclose/client': [join(root, 'src/client/client.ts')] },
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['example.ts'],
};
