/** Measurements of one figure, one for each round. */
export type Rounds = readonly number[];

export interface Figure {
  median: number;
  least: number;
  most: number;
}

export function figureOf(rounds: Rounds): Figure {
  const sorted = rounds.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** `sorted`: ascending. */
export function quantile(sorted: Rounds, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Three digits: more would claim what two runs do not share. */
export const short = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

/** The median, and the spread behind it. */
export const shown = ({ median, least, most }: Figure) => `${short(median)} (${short(least)}–${short(most)})`;
