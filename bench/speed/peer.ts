import type { MeasuredProcess } from './measure/process.ts';

/** What a run needs of its surroundings. */
export interface Place {
  databaseUrl: string;
  redisUrl: string;
  /** The gateway's and the merchant's variables. */
  wechat: Record<string, string>;
  /** Orders are numbered `prefix0`, `prefix1`, … */
  prefix: string;
  count: number;
}

/** One of those that are compared. */
export interface Peer {
  name: 'ours' | 'obvious';
  /** Creates the orders and their jobs, due at `dueAt(index)`. */
  prepare(place: Place, dueAt: (index: number) => Date): Promise<void>;
  startWorker(place: Place): Promise<MeasuredProcess>;
  /** How many are closed, and when the last was, ms since the epoch. */
  progress(place: Place): Promise<{ closed: number; lastAt: number }>;
}
