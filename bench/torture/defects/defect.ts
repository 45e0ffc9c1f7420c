/** A mistake that somebody could make: exact replacements in the program, made together. */
export interface Defect {
  /** Which guarantee of docs/reliability.md it breaks, or what else. */
  guarantee: string;
  replacements: readonly Replacement[];
  /** It breaks what only real processes have, as the queue: the storm has to find it. Default: the simulation. */
  foundBy?: 'storm';
}

interface Replacement {
  file: string;
  /** Stands exactly once in the file. */
  text: string;
  replacement: string;
}

export type Defects = Readonly<Record<string, Defect>>;
