/** A dedicated server that the caller may kill and restart. */
export interface OwnServer {
  readonly url: string;
  /** Kills it (SIGKILL), like a power failure. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Restarts it on the same port after `kill`. Resolves when it answers. */
  start(): Promise<void>;
  /** Stops it and removes its data. Resolves when nothing of it is left. */
  stop(): Promise<void>;
}
