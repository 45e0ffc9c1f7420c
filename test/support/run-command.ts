import { Command } from 'commander';
import { vi } from 'vitest';

/** The output of a command, and the exit code that it set. */
interface Run {
  code: number | undefined;
  stdout: string;
  stderr: string;
  /** The lines of `stdout`, parsed as JSON. */
  json(): unknown[];
}

/** Runs a command in this process, like `main.ts`. Rejects if that would end the process with a message. */
export async function run(add: (program: Command) => void, ...args: string[]): Promise<Run> {
  const program = new Command().exitOverride();
  add(program);
  const printed = { stdout: '', stderr: '' };
  const listen = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text, ...more: unknown[]) => {
      printed[stream] += String(text);
      const taken = more.at(-1);
      if (typeof taken === 'function') taken();
      return true;
    });
  const spies = [listen('stdout'), listen('stderr')];
  try {
    await program.parseAsync(args, { from: 'user' });
    const code = process.exitCode === undefined ? undefined : Number(process.exitCode);
    const lines = printed.stdout.split('\n').filter((line) => line !== '');
    return { ...printed, code, json: () => lines.map((line) => JSON.parse(line)) };
  } finally {
    // Otherwise vitest would use it as its own exit code.
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
