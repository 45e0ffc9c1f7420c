import type { Command } from 'commander';
import type { Finding, FindingState } from '../doctor/finding.ts';
import { addExamples, EXIT_CONFIG } from './command.ts';
import { print } from './output.ts';

const marks: Record<FindingState, string> = { ok: '✓', warn: '!', fail: '✗' };

/** `autoclose doctor`: finds what is wrong with this installation, and how to fix it. */
export function addDoctorCommand(program: Command, readEnv: () => NodeJS.ProcessEnv): void {
  const command = program
    .command('doctor')
    .description(
      'examine configuration, keys, database, Redis, clocks and workers, and say how to fix what is wrong',
    )
    .option('--json', 'print the findings as one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine } = await import('../doctor/examine.ts');
      const findings = await examine(readEnv());
      const count = (state: FindingState) => findings.filter((finding) => finding.state === state).length;
      const [fails, warns] = [count('fail'), count('warn')];
      if (json) print(JSON.stringify({ ok: fails === 0, fails, warns, findings }));
      else for (const line of render(findings)) print(line);
      const { CONFIGURATION } = await import('../doctor/finding.ts');
      const isMisconfigured = findings.some(
        ({ check, state }) => check === CONFIGURATION && state === 'fail',
      );
      process.exitCode = isMisconfigured ? EXIT_CONFIG : fails === 0 ? 0 : 1;
    });
  addExamples(
    command,
    ['doctor', 'doctor --json | jq ".findings[] | select(.state != \\"ok\\")"'],
    'something is wrong (✗); warnings (!) do not count',
  );
  command.addHelpText(
    'after',
    '\nIt changes nothing and prints no secret. It queries the channels about an order that cannot exist, and writes a\ntemporary key to Redis.',
  );
}

/** A table with the fix below each finding that needs one, and a summary line. */
function render(findings: Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, state, found, fix }) => [
    `${marks[state]} ${check.padEnd(width)}  ${found}`,
    ...(fix === null ? [] : [`  ${' '.repeat(width)}  → ${fix}`]),
  ]);
  const failed = findings.filter(({ state }) => state === 'fail').length;
  const warned = findings.filter(({ state }) => state === 'warn').length;
  const summary =
    failed === 0 && warned === 0 ? 'Everything is fine.' : `${failed} to fix, ${warned} warnings.`;
  return [...lines, '', summary];
}
