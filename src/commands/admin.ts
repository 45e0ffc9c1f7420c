import { type Command, InvalidArgumentError, Option } from 'commander';
import type { App } from '../app.ts';
import { type AdminUser, type Role, readName, roles } from '../users/user.ts';
import { jsonOption, type OpenApp, osUser, withApp } from './command.ts';
import { print } from './output.ts';
import { readPassword } from './read-password.ts';

interface Options {
  passwordStdin?: boolean;
  json?: boolean;
}

/** `autoclose admin`: who may use the admin page. What it changes is recorded as done by `cli:<user of the system>`. */
export function addAdminCommand(program: Command, open: OpenApp): void {
  const admin = program
    .command('admin')
    .description('who may use the admin page')
    .addHelpText(
      'after',
      `
viewer reads; operator also acts on orders; admin also sees the audit trail and the queues.

Examples:
  autoclose admin add alice --role admin
  autoclose admin add bob --role viewer --password-stdin < password.txt
  autoclose admin role bob operator
  autoclose admin unlock bob        after too many wrong passwords
  autoclose admin disable bob       ends bob's sessions too

Exit code 1: it was not done, and standard error says why.`,
    );

  const named = (name: string, description: string) =>
    admin
      .command(name)
      .description(description)
      .argument('<name>', 'of the user', userName)
      .addOption(new Option('--json', 'print the user as one JSON object'));
  const withPassword = (command: Command) =>
    command.option('--password-stdin', 'read the password from standard input instead of asking for it');

  withPassword(named('add', 'add a user'))
    .addOption(new Option('--role <role>', 'what the user may do').choices(roles).makeOptionMandatory())
    .action(async (name: string, { role, passwordStdin = false, json }: Options & { role: Role }) => {
      const password = await readPassword({ name, fromStdin: passwordStdin });
      await withApp(open, async (app) => {
        const hash = await app.admin.passwords.hash(password);
        const outcome = await app.admin.users.add(name, role, hash, atCommandLine());
        if (outcome === 'exists') return failed(`There is a user ${name} already.`);
        return printDone(app, name, `Added ${name}, ${role}.`, json);
      });
    });

  admin
    .command('list')
    .description('list the users')
    .addOption(jsonOption())
    .action(({ json }: Options) =>
      withApp(open, async (app) => {
        const users = await app.admin.users.list();
        for (const user of users) print(json ? JSON.stringify(asJson(user)) : asLine(user));
        if (!json && users.length === 0) print('There is nobody yet: autoclose admin add NAME --role admin');
        return true;
      }),
    );

  withPassword(named('password', 'give a user another password; ends the user’s sessions')).action(
    async (name: string, { passwordStdin = false, json }: Options) => {
      const password = await readPassword({ name, fromStdin: passwordStdin });
      await change(name, json, 'has another password', async ({ users, passwords }) =>
        users.setPassword(name, await passwords.hash(password), atCommandLine()),
      );
    },
  );

  named('role', 'give a user another role')
    .argument('<role>', roles.join(', '), roleName)
    .action((name: string, role: Role, { json }: Options) =>
      change(name, json, `is ${role} now`, ({ users }) => users.setRole(name, role, atCommandLine())),
    );
  named('disable', 'refuse a user; ends the user’s sessions').action((name: string, { json }: Options) =>
    change(name, json, 'is disabled', ({ users }) => users.disable(name, atCommandLine())),
  );
  named('enable', 'let a disabled user in again').action((name: string, { json }: Options) =>
    change(name, json, 'is enabled', ({ users }) => users.enable(name, atCommandLine())),
  );
  named('unlock', 'forget a user’s wrong passwords').action((name: string, { json }: Options) =>
    change(name, json, 'is unlocked', (it) => it.unlock(name, atCommandLine())),
  );

  async function change(
    name: string,
    json: boolean | undefined,
    done: string,
    work: (it: App['admin']) => Promise<'changed' | 'unknown'>,
  ): Promise<void> {
    await withApp(open, async (app) => {
      if ((await work(app.admin)) === 'unknown') return failed(`There is no user ${name}.`);
      return printDone(app, name, `${name} ${done}.`, json);
    });
  }
}

const atCommandLine = () => ({ actor: osUser(), ip: null });

/** Says what was done, or as JSON what the user is now. */
async function printDone(app: App, name: string, text: string, json = false): Promise<true> {
  const user = json ? await app.admin.users.find(name) : null;
  print(user === null ? text : JSON.stringify(asJson(user)));
  return true;
}

function failed(why: string): false {
  process.stderr.write(`${why}\n`);
  return false;
}

function userName(text: string): string {
  const name = readName(text);
  if (name === null) throw new InvalidArgumentError('must be up to 64 letters, digits and any of . _ @ -');
  return name;
}

function roleName(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role === undefined) throw new InvalidArgumentError(`must be one of ${roles.join(', ')}`);
  return role;
}

function asLine({ name, role, createdAt, disabledAt }: AdminUser): string {
  const since = disabledAt === null ? '' : `  disabled since ${disabledAt.toISOString()}`;
  return `${name}  ${role}  since ${createdAt.toISOString()}${since}`;
}

function asJson({ name, role, createdAt, disabledAt }: AdminUser) {
  return { name, role, createdAt, disabledAt };
}
