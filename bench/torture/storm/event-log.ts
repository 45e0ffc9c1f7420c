/** What happened in a storm, to be read when something is wrong. */
export interface EventLog {
  /** `index`: the order it is about; null: all of them. */
  note(index: number | null, what: string): void;
  of(index: number | null): string[];
}

export function openEventLog(): EventLog {
  const began = Date.now();
  const lines: { index: number | null; line: string }[] = [];
  return {
    note(index, what) {
      lines.push({ index, line: `+${((Date.now() - began) / 1000).toFixed(3)}s ${what}` });
    },
    of: (index) => lines.filter((each) => each.index === index).map(({ line }) => line),
  };
}
