import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { packageVersion } from '../platform/package.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** s. An order closes at the earliest `CLOSE_GRACE_MS` after its expiry, 5 s by default. */
const LATENESS_S = [0.5, 1, 2, 3, 4, 5, 5.25, 5.5, 6, 7, 10, 15, 30, 60, 120, 300, 900, 3600];
/** s. A channel call is limited to 5 s, and most API calls make one. */
const CALL_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The metrics of this process (指标); `figure-gauges.ts` adds those of the database. All names start with `autoclose_`.
 * Every label has few values, and none identifies an order, a merchant or a customer.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `autoclose_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name: `autoclose_${name}`, help, buckets, labelNames, registers });

  new Gauge({
    name: 'autoclose_build_info',
    help: 'Always 1: the version of this process.',
    labelNames: ['version'],
    registers,
  }).set({ version: packageVersion() }, 1);

  let hasNodeMetrics = false;

  return {
    registry,
    /** The metrics as Prometheus reads them, including Node.js's own, which are collected from the first call on. */
    async expose(): Promise<{ contentType: string; text: string }> {
      if (!hasNodeMetrics) collectDefaultMetrics({ register: registry });
      hasNodeMetrics = true;
      return { contentType: registry.contentType, text: await registry.metrics() };
    },

    closeLateness: histogram(
      'close_lateness_seconds',
      'From the expiry of an order to its close by its timer, by this process.',
      LATENESS_S,
      ['channel'],
    ),
    attempts: counter('attempts_total', 'Ended attempts on orders, as in the close records.', [
      'channel',
      'type',
      'trigger',
      'outcome',
    ]),
    channelCalls: histogram(
      'channel_call_duration_seconds',
      'Calls to a channel, by the kind of its answer.',
      CALL_S,
      ['channel', 'operation', 'result'],
    ),
    apiRequests: counter('api_requests_total', 'Answered calls to the merchants’ API.', [
      'operation',
      'generation',
      'code',
    ]),
    apiDuration: histogram('api_duration_seconds', 'Duration of calls to the merchants’ API.', CALL_S, [
      'operation',
    ]),
    notices: counter('notices_total', 'Delivery attempts of merchant notices.', ['outcome']),
    notifications: counter('notifications_total', 'Payment notifications from the channels.', [
      'channel',
      'outcome',
    ]),
    sweepInterval: new Gauge({
      name: 'autoclose_sweep_interval_seconds',
      help: 'SWEEP_INTERVAL_MS of this process.',
      registers,
    }),
    sweeps: counter('sweeps_total', 'Successful sweeps for due orders.'),
    sweepFound: counter('sweep_found_total', 'Due orders that sweeps found, by what they did.', ['result']),
    clockJumps: counter('database_clock_jumps_total', 'Jumps of the database clock seen by this process.'),
    leasesLost: counter('leases_lost_total', 'Leases that expired while their attempt was running.'),
  };
}
