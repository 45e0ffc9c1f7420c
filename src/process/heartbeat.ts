import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Channels } from '../channel/channel.ts';
import { every, type Repeated } from '../platform/every.ts';
import type { Logger } from '../platform/log/logger.ts';
import { safeError } from '../platform/log/safe-error.ts';
import type { ProcessState, ProcessStore } from './process-store.ts';

/** Heartbeat interval, ms. Several may fail before a process is considered dead. */
const BEAT_MS = 5_000;

/** Shows other processes, and people, that this one is alive (心跳). */
export interface Heartbeat {
  /** Starts the heartbeat if needed, and adds a role of this process. */
  begin(part: 'serves' | 'works'): void;
  /** Records that this process's sweep succeeded. */
  swept(at: Date): void;
  /** Sends a heartbeat now. Never throws. */
  beat(): Promise<void>;
  /** Stops, after the current heartbeat. The row stays: it shows when the process was last seen. */
  stop(): Promise<void>;
}

/** Creates the heartbeat. A failure is harmless: it is logged once per series, and the next heartbeat tries again. */
export function createHeartbeat(
  processes: Pick<ProcessStore, 'beat'>,
  channels: Channels,
  version: string,
  log: Logger,
): Heartbeat {
  const id = randomUUID();
  const name = `${hostname()}:${process.pid}`.slice(0, 255);
  const roles = { serves: false, works: false };
  let sweptAt: Date | null = null;
  let beats: Repeated | null = null;
  let isFailing = false;

  async function write(): Promise<void> {
    try {
      await processes.beat({ id, name, version, ...roles, sweptAt, outOfOrder: openBreakers(channels) });
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: safeError(error) }, 'heartbeat not written');
      isFailing = true;
    }
  }

  return {
    begin(part) {
      roles[part] = true;
      beats ??= every(BEAT_MS, write);
      void beats.run();
    },
    swept(at) {
      sweptAt = at;
      // Anyone who waits for a worker sees its first sweep immediately.
      void (beats?.runAgain() ?? write());
    },
    beat: () => beats?.run() ?? write(),
    async stop() {
      await beats?.stop();
    },
  };
}

function openBreakers(channels: Channels): ProcessState['outOfOrder'] {
  return [...channels].flatMap(([channel, each]) => each.outOfOrder().map((part) => ({ channel, ...part })));
}
