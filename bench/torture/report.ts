/** What a run came to. */
export interface Totals {
  orders: number;
  /** Faults injected: at the gateways, on the network, to the queue and the servers. */
  faults: number;
  /** Operations and processes that were killed. */
  kills: number;
  violations: number;
}

export const noTotals: Totals = { orders: 0, faults: 0, kills: 0, violations: 0 };

/** So many failures are shown with all that happened; of the others, what was wrong. */
const MAX_TRACES = 3;

/** The first accusation of a run. */
export interface Finding {
  /** Orders lived by then, with the accused one; a storm lives all of its. */
  orders: number;
  violations: string[];
}

export interface Report {
  totals: Totals;
  /** The first that was found; null: nothing was. */
  found(): Finding | null;
  find(finding: Finding): void;
  add(totals: Totals): void;
  /** An order that is not as it should be. `replay` is the command that shows it again. */
  failure(failure: { what: string; violations: string[]; trace: string[]; replay: string }): void;
  line(text: string): void;
}

export function createReport(write: (text: string) => void): Report {
  const totals = { ...noTotals };
  let failures = 0;
  let found: Finding | null = null;
  const line = (text: string) => write(`${text}\n`);
  return {
    totals,
    line,
    found: () => found,
    find(finding) {
      found ??= finding;
    },
    add({ orders, faults, kills, violations }) {
      totals.orders += orders;
      totals.faults += faults;
      totals.kills += kills;
      totals.violations += violations;
    },
    failure({ what, violations, trace, replay }) {
      failures += 1;
      line(`VIOLATION ${what}: ${violations.join('; ')}`);
      if (failures <= MAX_TRACES) for (const event of trace) line(`    ${event}`);
      line(`  again: ${replay}`);
    },
  };
}

export function inWords({ orders, faults, kills, violations }: Totals): string {
  return `${orders} orders, ${faults} faults, ${kills} kills, ${violations} violations`;
}
