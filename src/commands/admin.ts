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

/** `autoclose admin`: manages the users of the admin page. Changes are audited as done by `cli:<system user>`. */
export function addAdminCommand(program: Command, open: OpenApp): void {
  const admin = program
    .command('admin')
    .description('manage the users of the admin page')
    .addHelpText(
      'after',
      `
A viewer reads; an operator also acts on orders; an admin also sees the audit trail and the queues.

Examples:
  autoclose admin add alice --role admin
  autoclose admin add bob --role viewer --password-stdin < password.txt
  autoclose admin role bob operator
  autoclose admin unlock bob        after too many wrong passwords
  autoclose admin disable bob       ends bob's sessions too

Exit code 1: it failed; the reason is on standard error.`,
    );

  const named = (name: string, description: string) =>
    admin
      .command(name)
      .description(description)
      .argument('<name>', 'name of the user', userName)
      .addOption(new Option('--json', 'print the user as one JSON object'));
  const withPassword = (command: Command) =>
    command.option('--password-stdin', 'read the password from standard input instead of prompting for it');

  withPassword(named('add', 'add a user'))
    .addOption(new Option('--role <role>', 'role of the user').choices(roles).makeOptionMandatory())
    .action(async (name: string, { role, passwordStdin = false, json }: Options & { role: Role }) => {
      const password = await readPassword({ name, fromStdin: passwordStdin });
      await withApp(open, async (app) => {
        const hash = await app.admin.passwords.hash(password);
        const outcome = await app.admin.users.add(name, role, hash, atCommandLine());
        if (outcome === 'exists') return failed(`User ${name} already exists.`);
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
        if (!json && users.length === 0) print('No users yet: autoclose admin add NAME --role admin');
        return true;
      }),
    );

  withPassword(named('password', 'change a user’s password; ends the user’s sessions')).action(
    async (name: string, { passwordStdin = false, json }: Options) => {
      const password = await readPassword({ name, fromStdin: passwordStdin });
      await change(name, json, 'has a new password', async ({ users, passwords }) =>
        users.setPassword(name, await passwords.hash(password), atCommandLine()),
      );
    },
  );

  named('role', 'change a user’s role')
    .argument('<role>', roles.join(', '), roleName)
    .action((name: string, role: Role, { json }: Options) =>
      change(name, json, `is now ${role}`, ({ users }) => users.setRole(name, role, atCommandLine())),
    );
  named('disable', 'disable a user; ends the user’s sessions').action((name: string, { json }: Options) =>
    change(name, json, 'is disabled', ({ users }) => users.disable(name, atCommandLine())),
  );
  named('enable', 'enable a disabled user').action((name: string, { json }: Options) =>
    change(name, json, 'is enabled', ({ users }) => users.enable(name, atCommandLine())),
  );
  named('unlock', 'forget a user’s wrong passwords').action((name: string, { json }: Options) =>
    change(name, json, 'is unlocked', (store) => store.unlock(name, atCommandLine())),
  );

  async function change(
    name: string,
    json: boolean | undefined,
    done: string,
    work: (store: App['admin']) => Promise<'changed' | 'unknown'>,
  ): Promise<void> {
    await withApp(open, async (app) => {
      if ((await work(app.admin)) === 'unknown') return failed(`There is no user ${name}.`);
      return printDone(app, name, `${name} ${done}.`, json);
    });
  }
}

const atCommandLine = () => ({ actor: osUser(), ip: null });

/** Prints what was done; with `json`, the user afterwards. */
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
