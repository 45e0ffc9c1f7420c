import type { FastifyInstance } from 'fastify';

/** What this process depends on. */
export type Dependency = 'database' | 'migrations' | 'redis';

export interface Readiness {
  /** `degraded`: without a usable Redis everything is served; due orders run from the database, seconds late. */
  status: 'ready' | 'degraded' | 'unavailable';
  /**
   * `read_only`: the database answers, but refuses writes. Redis: `refuses` (memory, disk, rights), `unusable` (INFO
   * forbidden, a cluster, another database's prefix), `paused` (another program paused a queue).
   */
  dependencies: Record<
    Dependency,
    'ok' | 'away' | 'read_only' | 'behind' | 'unknown' | 'refuses' | 'unusable' | 'paused'
  >;
}

export interface HealthDeps {
  /** Whether this process can serve anything. */
  isHealthy(): Promise<boolean>;
  /** Takes a few seconds at most, and never throws. */
  readiness(): Promise<Readiness>;
}

/**
 * `GET /healthz`: 200 while the database answers, else 503. `GET /readyz`: the state of each dependency; 503 only if nothing
 * can be served. An outage of Redis does not take a process out of its load balancer: it affects all of them.
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
