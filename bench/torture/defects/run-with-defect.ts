import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defects } from './defects.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** All that a run reads; the storm compiles the program there and starts its processes from that. */
const copied = [
  ...['src', 'migrations', 'bench', 'test/support'],
  ...['package.json', 'tsconfig.json', 'tsconfig.build.json'],
];
/** A defect may let the bench wait for ever: it is stopped then, ms. */
const MAX_RUN_MS = 900_000;

/**
 * Runs the bench on a copy of the program with a defect in it, or with several whose names are separated by commas. Its exit code is the run's: 1 when the defect was
 * caught, 0 when it was not, 2 when the run failed or did not end. Throws for an unknown defect, or one whose text is
 * not there.
 */
export async function runWithDefect(
  names: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  onOutput: (text: string) => void = () => {},
): Promise<{ exitCode: number; output: string }> {
  const replacements = names.split(',').flatMap((name) => {
    const defect = defects[name];
    if (defect === undefined)
      throw new Error(`No such defect: ${name}. There are: ${Object.keys(defects).join(', ')}`);
    return defect.replacements;
  });
  const directory = mkdtempSync(join(tmpdir(), 'autoclose-defect-'));
  try {
    for (const part of copied) cpSync(join(root, part), join(directory, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    for (const { file, text, replacement } of replacements) {
      plant(join(directory, file), text, replacement);
    }
    const bench = join(directory, 'bench/torture/torture.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', bench, ...args], {
      cwd: directory,
      env,
      timeout: MAX_RUN_MS,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output += String(text);
        onOutput(String(text));
      });
    }
    const [code] = await once(child, 'close');
    return { exitCode: Number(code ?? 2), output };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function plant(file: string, text: string, replacement: string): void {
  const parts = readFileSync(file, 'utf8').split(text);
  if (parts.length !== 2)
    throw new Error(`${file} has the text to replace ${parts.length - 1} times, not once`);
  writeFileSync(file, parts.join(replacement));
}
