import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { startProgram } from '../support/process.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

/** Starting a process is slow on a busy machine, ms. */
const LIMIT_MS = 180_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

async function ended(args: string[], env: Record<string, string> = {}) {
  const program = startProgram(args, { ...world.env, ...env });
  return { code: await program.ended(), stdout: program.stdout(), stderr: program.stderr() };
}

/** Prints the loaded packages on exit. */
const PRINT_LOADED = `import M from 'node:module';
  process.on('exit', () => process.stderr.write(Object.keys(M._cache).join('\\n')));`;

test(
  '--help and wrong usage load nothing of the program itself',
  async () => {
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(PRINT_LOADED)}`;
    for (const [args, code] of [
      [['--help'], 0],
      [['orders', '--state', 'lost'], 2],
    ] as const) {
      const seen = await ended([...args], { NODE_OPTIONS });
      expect(seen.code).toBe(code);
      expect(seen.stderr).toContain('node_modules/commander/');
      expect(seen.stderr).not.toMatch(/node_modules\/(typeorm|bullmq|fastify|mysql2|ioredis|pino|zod)\//);
    }
  },
  LIMIT_MS,
);

test(
  'exit codes: 2 for wrong usage, 78 for invalid configuration, 1 for an outage',
  async () => {
    const [unknownOption, misuse, noCommand, configuration, away] = await Promise.all([
      ended(['orders', '--no-such-option']),
      ended(['reclose', '--json']),
      ended(['admin', '--json']),
      ended(['stuck', '--json'], { PORT: '-1' }),
      ended(['stuck', '--json'], { DATABASE_URL: `mysql://a:a@127.0.0.1:${await freePort()}/a` }),
    ]);
    expect(unknownOption).toMatchObject({ code: 2, stderr: expect.stringContaining('--no-such-option') });
    expect(misuse.code).toBe(2);
    expect(JSON.parse(misuse.stderr)).toEqual({
      error: expect.stringMatching(/^give order numbers/),
      exitCode: 2,
    });
    expect(noCommand.code).toBe(2);
    expect(JSON.parse(noCommand.stderr)).toMatchObject({ exitCode: 2 });
    expect(configuration.code).toBe(78);
    expect(JSON.parse(configuration.stderr)).toEqual({
      error: expect.stringContaining('PORT: '),
      exitCode: 78,
    });
    expect(away.code).toBe(1);
    expect(JSON.parse(away.stderr)).toEqual({
      error: expect.stringContaining('DATABASE_URL: '),
      exitCode: 1,
    });
  },
  LIMIT_MS,
);

test(
  'doctor ends with exit code 1 if something is wrong, and says what',
  async () => {
    const ran = await ended(['doctor'], { ALIPAY_PUBLIC_KEY: world.env.WECHAT_PUBLIC_KEY ?? '' });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^✗ keys ali_pay +the channel’s signature cannot be verified/m);
    expect(ran.stdout).toMatch(/^ +→ correct ALIPAY_PUBLIC_KEY/m);
    expect(ran.stdout).toMatch(/\d+ to fix, \d+ warnings\.$/);
  },
  LIMIT_MS,
);

test(
  'simulate --json prints its addresses on one line, and ends on a signal',
  async () => {
    const program = startProgram(['simulate', '--port', '0', '--json'], {});
    const line = await until('it has printed its addresses', () => program.stdout() || null, LIMIT_MS);
    const { url, control, env } = JSON.parse(line);
    expect(control).toBe(`${url}/__sim`);
    expect(env).toMatchObject({ ALIPAY_ENDPOINT: url });
    expect((await fetch(url)).status).toBeGreaterThanOrEqual(200);
    expect(await program.terminate()).toBe(0);
  },
  LIMIT_MS,
);
