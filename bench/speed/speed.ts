import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { provideServices } from '../../src/sandbox/services/services.ts';
import { createDatabase } from '../torture/database.ts';
import { type CloseRun, measureCloses } from './closes.ts';
import { wechatVariables } from './gateway/keys.ts';
import { obvious } from './obvious/peer.ts';
import { ours } from './ours.ts';
import type { Place } from './peer.ts';
import { startProcess } from './process.ts';

interface Options {
  orders: number;
  rounds: number;
  json?: boolean;
}

new Command('bench')
  .description('Measures closes against the obvious implementation, in turn, in one run.')
  .option('--orders <n>', 'orders for each run', Number, 3_000)
  .option('--rounds <n>', 'runs of each', Number, 5)
  .option('--json', 'end with the figures as one JSON object on the last line')
  .action(async (options: Options) => run(options))
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  });

async function run({ orders, rounds, json }: Options): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const services = await provideServices({ env: process.env, say });
  const runs: Record<string, CloseRun[]> = {};
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const peer of [ours, obvious]) {
        const database = await createDatabase(services.databaseUrl);
        const prefix = `b${randomBytes(4).toString('hex')}x`;
        const variables = wechatVariables('');
        const env = { ...variables, ORDERS: `${prefix}:${orders}` };
        const gateway = await startProcess('bench/speed/gateway/gateway.ts', [], env, 'listening');
        const port = gateway.ready.split(' ')[1];
        const place: Place = {
          databaseUrl: database.url,
          redisUrl: services.redisUrl,
          wechat: { ...variables, WECHAT_BASE_URL: `http://127.0.0.1:${port}/` },
          prefix,
          count: orders,
        };
        const result = await measureCloses(peer, place);
        runs[peer.name] = [...(runs[peer.name] ?? []), result];
        say(
          `${peer.name} ${JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value))}`,
        );
        await gateway.stop();
        await database.drop();
      }
  } finally {
    await services.stop();
  }
  if (json === true) say(JSON.stringify(runs));
}
