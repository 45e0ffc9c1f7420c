import { AsyncLocalStorage } from 'node:async_hooks';
import type { Worker } from 'bullmq';

/** Bounds of a pause, ms. A probe of the channel takes a moment, and no circuit breaker stays open longer between probes. */
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 60_000;

/** Stops one worker from taking jobs for a while; running ones continue. Local to the process, unlike BullMQ's rate limit. */
export interface Pause {
  /** No effect during a pause: a job that comes too early is returned again. */
  begin(ms: number): void;
  /** Ends pausing for good, without resuming. For a worker that is about to close. */
  end(): void;
}

export function createPause(worker: Pick<Worker, 'pause' | 'resume'>): Pause {
  let isEnded = false;
  let timer: NodeJS.Timeout | null = null;
  // The resumed worker must not run in the trace of the order that caused the pause.
  const outside = AsyncLocalStorage.snapshot();

  function resume(): void {
    timer = null;
    void worker.resume();
  }

  return {
    begin(ms) {
      if (isEnded || timer !== null) return;
      // Do not wait for running jobs: the caller is one of them.
      void worker.pause(true);
      const pauseMs = Math.min(Math.max(ms, MIN_PAUSE_MS), MAX_PAUSE_MS);
      timer = outside(() => setTimeout(resume, pauseMs));
    },
    end() {
      isEnded = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
