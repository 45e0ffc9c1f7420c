/** Work that repeats, one run at a time. */
export interface Repeated {
  /** Runs now, or joins the run in progress. */
  run(): Promise<void>;
  /** Runs after the run in progress, if there is one: what that one was too early for is in this one. */
  runAgain(): Promise<void>;
  /** No further run begins by itself. Resolves when the run in progress has ended. */
  stop(): Promise<void>;
}

/** Runs `work` every `ms`, first after `ms`. `work` must not reject. Does not keep the process alive. */
export function every(ms: number, work: () => Promise<void>): Repeated {
  let running: Promise<void> | null = null;
  function run(): Promise<void> {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  }
  const timer = setInterval(() => void run(), ms);
  timer.unref();
  return {
    run,
    runAgain: () => Promise.resolve(running).then(run),
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
