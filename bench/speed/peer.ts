import type { MeasuredProcess } from './process.ts';

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
  name: string;
  /** Creates the orders and their jobs, all due at `at`. */
  prepare(place: Place, at: Date): Promise<void>;
  startWorker(place: Place): Promise<MeasuredProcess>;
  /** How many are closed, and when the last was, ms since the epoch. */
  progress(place: Place): Promise<{ closed: number; lastAt: number }>;
}
