import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, SIGN_SECRET, type World } from '../support/world.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

const page = (path: string) => readFile(join(root, path), 'utf8');

let world: World;
let url: string;
beforeAll(async () => {
  world = await createWorld();
  url = await world.app.serve();
});
afterAll(() => world.end());

test("the README's first requests are signed correctly, and close an order", async () => {
  const [, example = ''] = /## Close your first order.*?```sh\n(.*?)```/s.exec(await page('README.md')) ?? [];
  expect(example).toContain(`secret=${SIGN_SECRET}`);
  const { stdout } = await run('sh', ['-euc', example.replaceAll('http://127.0.0.1:9000', url)]);
  const answers: { data: { code: number } }[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ data }) => data.code)).toEqual([0, 0]);
});

test("the API page's example of the client compiles, and creates and closes an order", async () => {
  const [, example = ''] = /```ts\n(.*?)```/s.exec(await page('docs/api.md')) ?? [];
  expect(example).toContain("from 'autoclose/client'");
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

/** Our settings, with the package's name resolved to the client's source. */
const settings = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    rootDir: '/',
    paths: { 'autoclose/client': [join(root, 'src/client/client.ts')] },
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['example.ts'],
};
