import type { FastifyInstance } from 'fastify';

/** What this process stands on. */
export type Dependency = 'database' | 'migrations' | 'redis';

export interface Readiness {
  /** `degraded`: without a usable Redis all is served as ever; due orders run from the database, seconds late. */
  status: 'ready' | 'degraded' | 'unavailable';
  /**
   * `read_only`: the database answers, and refuses what we write. Of Redis: `refuses` (memory, disk, rights), `unusable`
   * (INFO forbidden, a cluster, another database's prefix), `paused` (a queue, by another program).
   */
  dependencies: Record<
    Dependency,
    'ok' | 'away' | 'read_only' | 'behind' | 'unknown' | 'refuses' | 'unusable' | 'paused'
  >;
}

export interface HealthDeps {
  /** Whether anybody can be served at all. */
  isHealthy(): Promise<boolean>;
  /** Takes a few seconds at most, and never throws. */
  readiness(): Promise<Readiness>;
}

/**
 * `GET /healthz`: 200 while the database answers, else 503. `GET /readyz`: each dependency by name; 503 only where nothing
 * can be served. Redis away is no reason to take a process out of its balancer: the others miss it as well.
 */
export async function healthRoutes(app: FastifyInstance, deps: HealthDeps): Promise<void> {
  app.get('/healthz', async (_request, reply) => {
    const healthy = await deps.isHealthy().catch(() => false);
    return reply.code(healthy ? 200 : 503).send({ status: healthy ? 'ok' : 'unavailable' });
  });

  app.get('/readyz', async (_request, reply) => {
    const readiness = await deps.readiness();
    return reply.code(readiness.status === 'unavailable' ? 503 : 200).send(readiness);
  });
}
