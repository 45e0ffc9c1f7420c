import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Channels } from '../channel/channel.ts';
import type { Logger } from '../platform/log/logger.ts';
import { safeError } from '../platform/log/safe-error.ts';
import type { ProcessState, ProcessStore } from './process-store.ts';

/** How often a process says that it is alive, ms. Several beats may fail before it is taken for dead. */
const BEAT_MS = 5_000;

/** Tells the other processes, and people, that this one is alive (心跳). */
export interface Heartbeat {
  /** From now on, until it is stopped; what it does besides what it did before. */
  begin(part: 'serves' | 'works'): void;
  /** This process's sweep has ended well. */
  swept(at: Date): void;
  /** One beat, now. Never throws. */
  beat(): Promise<void>;
  /** Waits for a beat under way. The row stays: it says when the process was seen last. */
  stop(): Promise<void>;
}

/** A beat that fails harms nothing: it is logged, once in a row of them, and the next goes ahead. Never throws. */
export function createHeartbeat(
  processes: Pick<ProcessStore, 'beat'>,
  channels: Channels,
  version: string,
  log: Logger,
): Heartbeat {
  const id = randomUUID();
  const name = `${hostname()}:${process.pid}`.slice(0, 255);
  const does = { serves: false, works: false };
  let sweptAt: Date | null = null;
  let timer: NodeJS.Timeout | null = null;
  let beating: Promise<void> | null = null;
  let isFailing = false;

  async function write(): Promise<void> {
    try {
      await processes.beat({ id, name, version, ...does, sweptAt, outOfOrder: outOfOrder(channels) });
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: safeError(error) }, 'heartbeat not written');
      isFailing = true;
    }
  }

  /** One at a time: what a slow one leaves out, the next says. */
  function beat(): Promise<void> {
    beating ??= write().finally(() => {
      beating = null;
    });
    return beating;
  }

  return {
    begin(part) {
      does[part] = true;
      timer ??= setInterval(() => void beat(), BEAT_MS).unref();
      void beat();
    },
    swept(at) {
      sweptAt = at;
      // Whoever waits for a worker hears of its first sweep at once.
      void Promise.resolve(beating).then(beat);
    },
    beat,
    async stop() {
      if (timer !== null) clearInterval(timer);
      await beating;
    },
  };
}

function outOfOrder(channels: Channels): ProcessState['outOfOrder'] {
  return [...channels].flatMap(([channel, each]) => each.outOfOrder().map((part) => ({ channel, ...part })));
}
