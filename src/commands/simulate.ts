import { type Command, InvalidArgumentError } from 'commander';
import { nextSignal } from '../platform/next-signal.ts';
import { addExamples } from './command.ts';
import { print } from './output.ts';

/** `autoclose simulate`: the gateways' simulators, to develop against. */
export function addSimulateCommand(program: Command): void {
  const command = program
    .command('simulate')
    .description('run simulators of the gateways, until a signal ends them')
    .option('--port <port>', 'where to listen; 0 takes a free one', portNumber, 9100)
    .option('--json', 'print address, control and environment as one JSON object')
    .action(async ({ port, json }: { port: number; json?: boolean }) => {
      const { labels, startSimulator } = await import('../sandbox/simulator/simulator.ts');
      const { url, env, close } = await startSimulator({ port });
      const control = `${url}/__sim`;
      if (json) print(JSON.stringify({ url, control, env }));
      else {
        print(`${labels} at ${url}; control under ${control}. For the API's environment:\n`);
        for (const [name, value] of Object.entries(env))
          print(`${name}="${value.trim().replaceAll('\n', '\\n')}"`);
      }
      await nextSignal();
      await close();
    });
  addExamples(command, ['simulate', 'simulate --port 0 --json'], 'it cannot listen there');
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('must be a whole number up to 65535');
  return Number(text);
}
