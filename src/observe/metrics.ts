import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { packageVersion } from '../platform/package.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** s. An order is closed `CLOSE_GRACE_MS` after its expiry at the earliest, 5 s unless configured. */
const LATENESS_S = [0.5, 1, 2, 3, 4, 5, 5.25, 5.5, 6, 7, 10, 15, 30, 60, 120, 300, 900, 3600];
/** s. A channel call ends within 5 s, whatever the channel does, and most calls of the API are one. */
const CALL_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What this process does, counted (指标); `figure-gauges.ts` adds what the database knows. All names begin with
 * `autoclose_`; every label has few values, and none names an order, a merchant or a customer.
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
    /** As Prometheus reads them, with Node's own, which are gathered from the first time on. */
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
    attempts: counter('attempts_total', 'Ended attempts at an order, as the close records tell them.', [
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
    apiRequests: counter('api_requests_total', 'Answered calls of the merchants’ API.', [
      'operation',
      'generation',
      'code',
    ]),
    apiDuration: histogram(
      'api_duration_seconds',
      'From a call of the merchants’ API to its answer.',
      CALL_S,
      ['operation'],
    ),
    notices: counter('notices_total', 'Attempts to tell a merchant, by what came of them.', ['outcome']),
    notifications: counter('notifications_total', 'Payment notifications of the channels.', [
      'channel',
      'outcome',
    ]),
    sweepInterval: new Gauge({
      name: 'autoclose_sweep_interval_seconds',
      help: 'SWEEP_INTERVAL_MS of this process.',
      registers,
    }),
    sweeps: counter('sweeps_total', 'Sweeps for due orders that ended well.'),
    sweepFound: counter('sweep_found_total', 'Due orders that a sweep met, by what it did about them.', [
      'result',
    ]),
    clockJumps: counter(
      'database_clock_jumps_total',
      'Jumps of the database clock that this process has seen.',
    ),
    leasesLost: counter('leases_lost_total', 'Leases that ran out while their attempt was under way.'),
  };
}
