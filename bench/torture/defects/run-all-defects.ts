import type { Finding } from '../report.ts';
import { defects } from './defects.ts';
import { runWithDefect } from './run-with-defect.ts';

/** What the bench made of one defect. */
export interface DefectResult {
  defect: string;
  guarantee: string;
  verdict: 'caught' | 'missed' | 'failed';
  /** Orders that were lived until the first accusation; null: there was none. */
  orders: number | null;
  /** What the bench said; of a run that failed, its last line. */
  said: string;
}

/** Each run uses one processor. */
const AT_ONCE = 2;

/**
 * Runs the bench once with each defect, up to the first accusation. Never throws for a defect: one that cannot be put
 * in, or with which the bench itself fails, is `failed`.
 */
export async function runAllDefects(
  { orders, seed }: { orders: number; seed: number },
  onResult: (result: DefectResult) => void,
): Promise<DefectResult[]> {
  const left = Object.keys(defects);
  const results: DefectResult[] = [];
  async function work(): Promise<void> {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const result = await runDefect(name, orders, seed);
      results.push(result);
      onResult(result);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results.sort((a, b) => a.defect.localeCompare(b.defect));
}

async function runDefect(defect: string, orders: number, seed: number): Promise<DefectResult> {
  const { guarantee = '', foundBy } = defects[defect] ?? {};
  const counts =
    foundBy === 'storm' ? ['--orders', '0', '--storm', orders] : ['--orders', orders, '--storm', '0'];
  const args = [...counts, '--seed', seed, '--processes', 1, '--first', '--json'].map(String);
  const about = { defect, guarantee };
  try {
    const { exitCode, output } = await runWithDefect(defect, args, process.env);
    const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
    if (exitCode === 0) return { ...about, verdict: 'missed', orders: null, said: '' };
    const found: Finding | null = exitCode === 1 ? JSON.parse(lastLine).found : null;
    if (found === null) return { ...about, verdict: 'failed', orders: null, said: lastLine };
    return { ...about, verdict: 'caught', orders: found.orders, said: found.violations.join('; ') };
  } catch (error) {
    return { ...about, verdict: 'failed', orders: null, said: String(error) };
  }
}

/** A table in Markdown. */
export function asTable(results: readonly DefectResult[]): string {
  const rows = results.map(({ defect, guarantee, verdict, orders, said }) => {
    const what = verdict === 'caught' ? said : `${verdict}${said === '' ? '' : `: ${said}`}`;
    return [`\`${defect}\``, guarantee, String(orders ?? '-'), what.replaceAll('|', '\\|')];
  });
  const lines = [['defect', 'guarantee', 'orders', 'what the bench said'], ['-', '-', '-', '-'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
