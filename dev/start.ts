import { provideServices } from '../src/sandbox/services/services.ts';
import { startSimulator } from '../src/sandbox/simulator/simulator.ts';
import { deleteKeys } from './database/delete-keys.ts';
import { claimDatabase } from './database/own-database.ts';
import { addDeveloper } from './developer.ts';
import { type Ports, programEnv, removeEnv, runOf, writeEnv } from './environment.ts';
import { servePage } from './page.ts';
import { startProgram } from './program.ts';

export interface DevOptions {
  env: NodeJS.ProcessEnv;
  ports: Ports;
  /** The program's working directory, with its `.env`. */
  folder: string;
  say: (line: string) => void;
}

export interface Development {
  env: Record<string, string>;
  pageUrl: string;
  user: { name: string; password: string };
  stop(): Promise<void>;
}

/**
 * Starts services, gateways, the program and the page. Throws, with nothing left running, if one of them does not start
 * because a port or the database is in use. Does not wait for the program itself: its log shows when it is up.
 */
export async function startDevelopment({ env, ports, folder, say }: DevOptions): Promise<Development> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).toReversed()) await end();
  };
  try {
    const services = await provideServices({ env, say });
    started.push(() => services.stop());
    for (const line of services.description) say(line);
    await claimDatabase(services.databaseUrl);
    const user = await addDeveloper(services.databaseUrl);
    const simulator = await startSimulator({ port: ports.gateways });
    started.push(() => simulator.close());
    const programsEnv = { ...simulator.env, ...programEnv(services, ports) };
    await writeEnv(folder, programsEnv);
    started.push(async () => {
      await removeEnv(folder);
      await deleteKeys(services.redisUrl, runOf(programsEnv.REDIS_PREFIX));
    });
    const otherEnv = Object.entries(env).filter(([name]) => !(name in programsEnv));
    const program = startProgram(folder, Object.fromEntries(otherEnv), ports.debugger);
    started.push(() => program.stop());
    const page = await servePage(ports.page, `http://127.0.0.1:${ports.program}`);
    started.push(() => page.close());
    return { env: programsEnv, pageUrl: page.url, user, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
