import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, startProgram } from '../support/process.ts';
import { createWorld, type World } from '../support/world.ts';
import { audited, createVisitor, PASSWORD } from './visitor.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

async function run(args: string[], stdin?: string): Promise<Program & { code: number | null }> {
  const program = startProgram(['admin', ...args], world.env, stdin === undefined ? {} : { stdin });
  return { ...program, code: await program.ended() };
}

test('the first start says how to make the first user; who is made so can sign in, and no password is logged', async () => {
  const server = startProgram(['serve'], world.env);
  const said = await server.logged(
    'nobody can use the admin page yet: make the first user with this command',
  );
  expect(said).toMatchObject({ level: 'warn', command: 'autoclose admin add NAME --role admin' });
  await server.logged('api is listening');

  const added = await run(['add', 'Alice', '--role', 'admin', '--password-stdin'], `${PASSWORD}\n`);
  expect([added.code, added.stdout()]).toEqual([0, 'Added alice, admin.']);
  const visitor = createVisitor(world.env.PUBLIC_URL ?? '');
  expect((await visitor.logIn('alice', 'a wrong password')).status).toBe(401);
  expect((await visitor.logIn('alice')).status).toBe(200);
  expect(await server.terminate()).toBe(0);
  const output = [server, added].map((program) => program.stdout() + program.stderr()).join('');
  expect(output).not.toMatch(/correct horse|a wrong password/);

  const again = startProgram(['serve'], world.env);
  await again.logged('api is listening');
  expect(again.stdout()).not.toContain('nobody can use');
  await again.terminate();
});

test('users are listed, changed, locked out and let in, and each change is recorded as the command line’s', async () => {
  expect((await run(['add', 'bob', '--role', 'viewer', '--password-stdin'], PASSWORD)).code).toBe(0);
  const codes = await Promise.all([
    run(['role', 'bob', 'operator']),
    run(['password', 'bob', '--password-stdin'], 'another good one\n'),
  ]);
  expect(codes.map(({ code }) => code)).toEqual([0, 0]);
  expect((await run(['disable', 'bob'])).stdout()).toBe('bob is disabled.');
  const listed = await run(['list', '--json']);
  const users = listed
    .stdout()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(users).toContainEqual({
    name: 'bob',
    role: 'operator',
    createdAt: expect.any(String),
    disabledAt: expect.any(String),
  });
  const rest = [await run(['enable', 'bob']), await run(['unlock', 'bob'])];
  expect(rest.map(({ code }) => code)).toEqual([0, 0]);
  const lines = (await audited(world)).filter(({ subject }) => subject === 'bob');
  expect(lines.map(({ action }) => action).sort()).toEqual([
    'user.add',
    'user.disable',
    'user.enable',
    'user.password',
    'user.role',
    'user.unlock',
  ]);
  for (const line of lines)
    expect(line).toMatchObject({ actor: expect.stringMatching(/^cli:./), outcome: 'ok' });
  expect(lines.find(({ action }) => action === 'user.role')).toMatchObject({
    before: 'viewer',
    after: 'operator',
  });
});

test('what cannot be done is said on standard error, with exit code 1', async () => {
  const short = await run(['add', 'carol', '--role', 'viewer', '--password-stdin'], 'short\n');
  expect([short.code, short.stderr()]).toEqual([1, 'The password must have at least 12 characters.\n']);
  const nobody = await run(['disable', 'nobody']);
  expect([nobody.code, nobody.stderr()]).toEqual([1, 'There is no user nobody.\n']);
  const twice = await run(['add', 'alice', '--role', 'viewer', '--password-stdin'], PASSWORD);
  expect([twice.code, twice.stderr()]).toEqual([1, 'There is a user alice already.\n']);
  const noTerminal = await run(['add', 'carol', '--role', 'viewer']);
  expect([noTerminal.code, noTerminal.stderr()]).toEqual([
    1,
    'There is no terminal to ask on: use --password-stdin.\n',
  ]);
  const noRole = await run(['add', 'carol', '--password-stdin'], PASSWORD);
  expect([noRole.code, noRole.stderr()]).toEqual([1, expect.stringContaining('--role')]);
});
