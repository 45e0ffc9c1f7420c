import { nextSignal } from '../src/platform/next-signal.ts';
import { FOLDER, PORTS } from './environment.ts';
import { startDevelopment } from './start.ts';

/** `npm run dev`: runs everything on this machine, reloaded on each change, until Ctrl-C. */
const stopped = nextSignal();
const say = (line: string) => process.stdout.write(`${line}\n`);
const development = await startDevelopment({ env: process.env, ports: PORTS, folder: FOLDER, say });
const { user, pageUrl, env } = development;
say(`Admin page: ${pageUrl}   user: ${user.name}   password: ${user.password}`);
say(`API: ${env.PUBLIC_URL}   gateways: ${env.ALIPAY_ENDPOINT}   debugger: 127.0.0.1:${PORTS.debugger}`);
say('npm run seed adds orders in every phase; Ctrl-C stops everything.');
await stopped;
await development.stop();
process.exit();
