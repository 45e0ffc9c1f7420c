import { type Command, InvalidArgumentError } from 'commander';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples } from './command.ts';
import { print } from './output.ts';

/** `autoclose simulate`: runs the gateways' simulators, for development. */
export function addSimulateCommand(program: Command): void {
  const command = program
    .command('simulate')
    .description('run simulators of the gateways until a signal stops them')
    .option('--port <port>', 'the port to listen on; 0 selects a free one', portNumber, 9100)
    .option('--json', 'print address, control address and environment as one JSON object')
    .action(async ({ port, json }: { port: number; json?: boolean }) => {
      const { labels, startSimulator } = await import('../sandbox/simulator/simulator.ts');
      const { url, env, close } = await startSimulator({ port });
      const control = `${url}/__sim`;
      if (json) print(JSON.stringify({ url, control, env }));
      else {
        print(`${labels} at ${url}; control at ${control}. Environment for the API:
`);
        for (const [name, value] of Object.entries(env))
          print(`${name}="${value.trim().replaceAll('\n', '\\n')}"`);
      }
      await nextSignal();
      await close();
    });
  addExamples(command, ['simulate', 'simulate --port 0 --json'], 'it cannot listen on the port');
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('must be a whole number up to 65535');
  return Number(text);
}
