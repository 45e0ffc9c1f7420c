import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAdminCommand } from '../../src/commands/admin.ts';
import { type Program, startProgram } from '../support/process.ts';
import { run as runCommand } from '../support/run-command.ts';
import { createWorld, type World } from '../support/world.ts';
import { addUser, audited, createVisitor, PASSWORD } from './visitor.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

async function run(args: string[], stdin?: string): Promise<Program & { code: number | null }> {
  const program = startProgram(['admin', ...args], world.env, stdin === undefined ? {} : { stdin });
  return { ...program, code: await program.ended() };
}

test('the first start logs how to add the first user, who can then sign in; no password is logged', async () => {
  const server = startProgram(['serve'], world.env);
  const line = await server.logged('admin page has no user yet; create the first with this command');
  expect(line).toMatchObject({ level: 'warn', command: 'autoclose admin add NAME --role admin' });
  await server.logged('api is listening');

  const added = await run(['add', 'Alice', '--role', 'admin', '--password-stdin'], `${PASSWORD}\n`);
  expect([added.code, added.stdout()]).toEqual([0, 'Added alice, admin.']);
  const visitor = createVisitor(world.env.PUBLIC_URL ?? '');
  expect((await visitor.logIn('alice', 'a wrong password')).status).toBe(401);
  expect((await visitor.logIn('alice')).status).toBe(200);
  expect(await server.terminate()).toBe(0);
  const output = [server, added].map((program) => program.stdout() + program.stderr()).join('');
  expect(output).not.toMatch(/correct horse|a wrong password/);
});

test('a user’s role and password are changed, and the new role is shown', async () => {
  await addUser(world.app, 'bob', 'viewer');
  const ran = await Promise.all([
    run(['role', 'bob', 'operator']),
    run(['password', 'bob', '--password-stdin'], 'another good one\n'),
  ]);
  expect(ran.map(({ code }) => code)).toEqual([0, 0]);
  expect(await audited(world, 'user.role')).toMatchObject([
    {
      ...{ actor: expect.stringMatching(/^cli:./), subject: 'bob' },
      ...{ before: 'viewer', after: 'operator', outcome: 'ok' },
    },
  ]);
  expect(await audited(world, 'user.password')).toMatchObject([{ subject: 'bob', outcome: 'ok' }]);
  const bob = await world.app.admin.users.find('bob');
  expect(await world.app.admin.passwords.matches('another good one', bob?.passwordHash ?? null)).toBe(true);
});

test('a user is disabled, and all users are listed', async () => {
  await addUser(world.app, 'carol');
  const [disabled, listed] = await Promise.all([run(['disable', 'carol']), run(['list', '--json'])]);
  expect([disabled.code, disabled.stdout()]).toEqual([0, 'carol is disabled.']);
  expect((await world.app.admin.users.find('carol'))?.disabledAt).toBeInstanceOf(Date);
  const users = listed
    .stdout()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(users).toContainEqual({
    ...{ name: 'alice', role: 'admin' },
    ...{ createdAt: expect.any(String), disabledAt: null },
  });
});

test('with --json every change prints the user as one object, and a failure prints none', async () => {
  const admin = (...args: string[]) =>
    runCommand((program) => addAdminCommand(program, () => world.openApp()), 'admin', ...args, '--json');
  await addUser(world.app, 'grace');
  const grace = { name: 'grace', createdAt: expect.any(String) };
  expect((await admin('role', 'grace', 'operator')).json()).toEqual([
    { ...grace, role: 'operator', disabledAt: null },
  ]);
  expect((await admin('disable', 'grace')).json()).toMatchObject([
    { name: 'grace', disabledAt: expect.any(String) },
  ]);
  expect((await admin('unlock', 'grace')).json()).toMatchObject([{ name: 'grace' }]);
  const nobody = await admin('enable', 'nobody');
  expect([nobody.code, nobody.stdout]).toEqual([1, '']);
  const add = ['add', 'henry', '--role', 'viewer', '--password-stdin', '--json'];
  const added = await run(add, `${PASSWORD}\n`);
  expect(JSON.parse(added.stdout())).toMatchObject({ name: 'henry', role: 'viewer', disabledAt: null });
});

test('a failure is reported on standard error, with exit code 1', async () => {
  const ran = await Promise.all([
    run(['add', 'frank', '--role', 'viewer', '--password-stdin'], 'short\n'),
    run(['add', 'frank', '--role', 'viewer', '--password-stdin'], 'Frank and nobody else\n'),
    run(['unlock', 'nobody']),
  ]);
  expect(ran.map(({ code, stderr }) => [code, stderr()])).toEqual([
    [1, 'The password must have at least 12 characters.\n'],
    [1, 'The password must not contain the user’s name.\n'],
    [1, 'There is no user nobody.\n'],
  ]);
});

test('a name is unique', async () => {
  await addUser(world.app, 'erin');
  await expect(addUser(world.app, 'erin')).rejects.toThrow('not added');
  expect((await audited(world, 'user.add')).at(-1)).toMatchObject({ subject: 'erin', outcome: 'exists' });
});
