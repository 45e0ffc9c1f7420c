import type { Command } from 'commander';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples } from './command.ts';
import { print } from './output.ts';

/** `autoclose migrate`: migrates the database to this version. */
export function addMigrateCommand(program: Command, readEnv: () => NodeJS.ProcessEnv): void {
  const command = program
    .command('migrate')
    .description('migrate the database to this version; does nothing if it is up to date')
    .option('--json', 'print what ran as one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const { readDatabaseUrl } = await import('../config.ts');
      const { migrate } = await import('../migrate.ts');
      const migrated = await Promise.race([migrate(readDatabaseUrl(readEnv())), interruption()]);
      const text = migrated.length === 0 ? 'The database is up to date.' : `Migrated: ${migrated.join(', ')}`;
      print(json ? JSON.stringify({ migrated }) : text);
    });
  addExamples(command, ['migrate', 'migrate --json'], 'the database is unavailable, or a migration failed');
}

/** Rejects on SIGTERM or SIGINT, whose default does not apply to a container's process 1. Migrations can be run again. */
async function interruption(): Promise<never> {
  const signal = await nextSignal();
  throw new Error(`Interrupted by ${signal}: run it again.`);
}
