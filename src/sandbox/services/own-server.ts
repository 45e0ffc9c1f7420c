/** A server of the caller's own, to crash and to bring back. */
export interface OwnServer {
  readonly url: string;
  /** Ends it abruptly (SIGKILL), as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Brings it back on the same port after `kill`. Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it for good, with everything it kept. Resolves when nothing of it is left. */
  stop(): Promise<void>;
}
