import { onFreePort } from './free-port.ts';
import type { OwnServer } from './own-server.ts';
import { createPrivateDirectory, type Identity, unprivilegedIdentity } from './private-directory.ts';
import { lastLogLines, type SupervisedProcess, type Supervisor, supervise } from './supervised-process.ts';
import { untilReady } from './until-ready.ts';

/** How to start one kind of server found on this machine. */
export interface LocalServerRecipe {
  /** Part of the name of its directory. */
  name: string;
  /** The users to run it as if we are root; the first that exists is used. */
  users: string[];
  /** Creates the data directory, before the first start. */
  prepare(supervisor: Supervisor, identity: Identity): Promise<void>;
  command(directory: string, port: number): string[];
  url(port: number): string;
  /** Resolves if the process `pid` answers at `url`. */
  ask(url: string, pid: number | null): Promise<void>;
}

/** Starts a server on 127.0.0.1, in a directory that is removed with it. Fails with the last lines of its log. */
export async function startLocalServer(
  recipe: LocalServerRecipe,
  env: NodeJS.ProcessEnv,
): Promise<OwnServer> {
  const identity = await unprivilegedIdentity(recipe.users);
  const supervisor = supervise(await createPrivateDirectory(recipe.name, identity, env), identity, env);
  async function startOn(port: number): Promise<{ port: number; server: SupervisedProcess }> {
    const server = supervisor.run(recipe.command(supervisor.directory, port));
    try {
      await untilReady(
        () => recipe.ask(recipe.url(port), server.pid()),
        async () =>
          server.hasEnded() ? `${recipe.name} ended:\n${await lastLogLines(supervisor.directory)}` : null,
      );
      return { port, server };
    } catch (error) {
      await server.kill();
      throw error;
    }
  }
  try {
    await recipe.prepare(supervisor, identity);
    let { port, server } = await onFreePort(startOn);
    return {
      url: recipe.url(port),
      kill: () => server.kill(),
      async start() {
        ({ port, server } = await startOn(port));
      },
      stop: () => supervisor.end(),
    };
  } catch (error) {
    await supervisor.end();
    throw error;
  }
}

/** Runs a command in the directory and waits for it. Fails with its last lines of output. */
export async function runToEnd(supervisor: Supervisor, command: string[], limitMs: number): Promise<void> {
  const running = supervisor.run(command);
  const timer = setTimeout(() => running.kill().catch(() => undefined), limitMs);
  const status = await running.ended;
  clearTimeout(timer);
  if (status !== 0) {
    throw new Error(`${command[0]} ended with ${status}:\n${await lastLogLines(supervisor.directory)}`);
  }
}
