import { Command } from 'commander';
import { vi } from 'vitest';

/** What a command of the command line printed, and its exit code as it is left for the process to end with. */
interface Run {
  code: number | undefined;
  stdout: string;
  stderr: string;
  /** The lines of `stdout`, read as JSON. */
  json(): unknown[];
}

/** Runs one command in this process, as `main.ts` would. Rejects where that would end the process with a message. */
export async function run(add: (program: Command) => void, ...args: string[]): Promise<Run> {
  const program = new Command().exitOverride();
  add(program);
  const said = { stdout: '', stderr: '' };
  const listen = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text, ...more: unknown[]) => {
      said[stream] += String(text);
      const taken = more.at(-1);
      if (typeof taken === 'function') taken();
      return true;
    });
  const spies = [listen('stdout'), listen('stderr')];
  try {
    await program.parseAsync(args, { from: 'user' });
    const code = process.exitCode === undefined ? undefined : Number(process.exitCode);
    const lines = said.stdout.split('\n').filter((line) => line !== '');
    return { ...said, code, json: () => lines.map((line) => JSON.parse(line)) };
  } finally {
    // vitest's own would be taken for its verdict.
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
