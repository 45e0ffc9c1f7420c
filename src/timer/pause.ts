import { AsyncLocalStorage } from 'node:async_hooks';
import type { Worker } from 'bullmq';

/** Bounds of a pause, ms: a trial of the channel's recovery takes a moment; and no breaker waits for longer. */
const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 60_000;

/** Keeps one worker from taking jobs for a while; those in hand go on. Local to the process, unlike BullMQ's limits. */
export interface Pause {
  /** No effect while it lasts already: whoever comes too early is sent back again. */
  begin(ms: number): void;
  /** For good: nothing is resumed any more, and none begins. For a worker that is about to be closed. */
  end(): void;
}

export function createPause(worker: Pick<Worker, 'pause' | 'resume'>): Pause {
  let isEnded = false;
  let timer: NodeJS.Timeout | null = null;
  // What is resumed runs outside the trace of the order whose close found the channel away.
  const outside = AsyncLocalStorage.snapshot();

  function resume(): void {
    timer = null;
    void worker.resume();
  }

  return {
    begin(ms) {
      if (isEnded || timer !== null) return;
      // Not to wait for the jobs in hand: one of them is asking.
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
