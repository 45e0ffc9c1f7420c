import { setTimeout as wait } from 'node:timers/promises';
import { assertNever } from '../../../src/platform/assert-never.ts';
import { tellRedis } from '../../../test/support/sentinel.ts';
import type { MailFault, Strike } from './plan/strike-plan.ts';
import type { Interruption, Scene } from './scene.ts';

/** Injects a fault; resolves when it is over. What is down already is not struck again. */
export async function strike(scene: Scene, { is, begin }: Downtime, planned: Strike): Promise<void> {
  const { simulator, processes, proxies, redis, counts, events } = scene;
  const { control } = simulator;
  const interrupted = (of: Interruption['of']) => scene.interruptions.push({ at: new Date(), of });
  const note = (what: string) => events.note(null, what);
  switch (planned.kind) {
    case 'kill': {
      const victim = processes[planned.process % processes.length];
      // Killed without that, it would never work on a slow machine.
      if (victim?.isExpendable() !== true) return;
      note(`${victim.name} is killed`);
      counts.kills += 1;
      interrupted('attempts');
      return victim.kill();
    }
    case 'pause': {
      const victim = processes[planned.process % processes.length];
      if (victim?.isExpendable() !== true) return;
      note(`${victim.name} stands still for ${planned.forMs} ms`);
      counts.faults += 1;
      interrupted('leases');
      return victim.pause(planned.forMs);
    }
    case 'server': {
      const { server, downMs } = planned;
      if (is(server)) return;
      note(`${server} is killed, for ${downMs} ms`);
      counts.faults += 1;
      return begin(server, async () => {
        if (server === 'database') interrupted('leases');
        await scene[server].kill();
        await wait(downMs);
        await scene[server].start();
        note(`${server} is back`);
      });
    }
    case 'flush redis':
      if (is('redis')) return;
      return begin('redis', async () => {
        note('redis is emptied');
        counts.faults += 1;
        await tellRedis(redis.url, 'FLUSHALL');
      });
    case 'connections': {
      const { to, how } = planned;
      if (to === 'database') interrupted(how === 'silence' ? 'leases' : 'attempts');
      const count = proxies[to][how]();
      note(`${count} connections to ${to}: ${how}`);
      counts.faults += count;
      return;
    }
    case 'fault': {
      const laid = control.addFault(planned.fault);
      note(`fault for ${planned.forMs} ms: ${JSON.stringify(planned.fault)}`);
      await wait(planned.forMs);
      laid.remove();
      counts.faults += laid.applied;
      return;
    }
    case 'mail':
      note(`notifications: ${planned.fault}`);
      return mail[planned.fault](scene, planned.ms);
    case 'gateway':
      note(`gateways: ${JSON.stringify(planned.settings)}`);
      Object.assign(control.settings, planned.settings);
      await wait(planned.forMs);
      Object.assign(control.settings, planned.after);
      return;
    default:
      assertNever(planned);
  }
}

type Mail = (scene: Scene, ms: number) => Promise<void> | void;

const mail: Record<MailFault, Mail> = {
  drop: ({ simulator }) => simulator.control.notifications.drop(),
  dup: ({ simulator }) => simulator.control.notifications.dup(undefined, 2),
  delay: ({ simulator }, ms) => simulator.control.notifications.delay(undefined, ms),
  async reorder({ simulator }, ms) {
    simulator.control.notifications.reorder(3);
    await wait(ms);
    // Whatever waits for others that never come goes now, and retries come early.
    await simulator.control.notifications.flush();
  },
  tamper: ({ simulator }) => simulator.control.notifications.tamper(),
  badAad: ({ simulator }) => simulator.control.notifications.badAad(),
  badSignature: ({ simulator }) => simulator.control.notifications.badSignature(),
  signtest: ({ simulator }) => simulator.control.notifications.signtest(),
};

/** What is being killed, emptied or started: one thing at a time for each server. */
export interface Downtime {
  is(server: 'redis' | 'database'): boolean;
  begin(server: 'redis' | 'database', work: () => Promise<void>): Promise<void>;
}

export function watchDowntime(): Downtime {
  const down = new Set<string>();
  return {
    is: (server) => down.has(server),
    async begin(server, work) {
      down.add(server);
      try {
        await work();
      } finally {
        down.delete(server);
      }
    },
  };
}
