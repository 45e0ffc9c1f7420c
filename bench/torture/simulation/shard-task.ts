/** What the parent process asks of one of several that share the work. */
export interface ShardTask {
  databaseUrl: string;
  seed: number;
  indexes: number[];
}

/** The parent's second message: begin no other order. */
export const STOP = 'stop';
