import { type FastifyInstance, fastify } from 'fastify';
import type { Logger } from '../../platform/log/logger.ts';
import { type HealthDeps, healthRoutes } from './routes.ts';

export interface MonitorDeps extends HealthDeps {
  log: Logger;
  /** The metrics as Prometheus reads them. */
  metrics(): Promise<{ contentType: string; text: string }>;
}

/** The process's own metrics and health endpoints, on a separate port that strangers cannot reach. */
export interface Monitor {
  /** Listens, once. Never throws: a port in use must not stop the process from closing orders. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

/** Serves `GET /metrics`, `/healthz` and `/readyz` to monitoring. Port 0 disables it. */
export function createMonitor(deps: MonitorDeps, { host, port }: { host: string; port: number }): Monitor {
  let app: FastifyInstance | null = null;
  let beginning: Promise<void> | null = null;

  async function listen(): Promise<void> {
    if (port === 0) return;
    app = fastify({ logger: false, forceCloseConnections: true });
    app.register(healthRoutes, deps);
    app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await deps.metrics();
      return reply.header('content-type', contentType).send(text);
    });
    try {
      const url = await app.listen({ host, port });
      deps.log.info({ url: `${url}/metrics` }, 'serving metrics');
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      deps.log.warn({ host, port, err }, 'cannot serve metrics; set METRICS_PORT for each process');
    }
  }

  return {
    begin() {
      beginning ??= listen();
      return beginning;
    },
    /** Does not wait for running scrapes. */
    async close() {
      await beginning;
      await app?.close();
    },
  };
}
