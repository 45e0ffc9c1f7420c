import { context, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  NodeTracerProvider,
  RandomIdGenerator,
} from '@opentelemetry/sdk-trace-node';
import { BullMQOtel } from 'bullmq-otel';
import { nextRootIds } from '../platform/log/trace.ts';

/** How long the spans in hand may take to be sent when the process ends, ms. */
const FLUSH_MS = 800;

export interface Tracing {
  /** For BullMQ's queues and workers: a job goes on in the trace of whoever set it. */
  telemetry: BullMQOtel;
  /** Sends what is in hand. Never throws. */
  stop(): Promise<void>;
}

/**
 * Sends spans (链路追踪) to an OpenTelemetry collector, by OTLP over HTTP. For the whole process, once. A collector that is
 * away costs spans and nothing else.
 */
export function startTracing({ endpoint, name, version }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': name, 'service.version': version }),
    idGenerator: ids(),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: FLUSH_MS })],
  });
  provider.register();
  return {
    telemetry: new BullMQOtel({ tracerName: 'bullmq', version }),
    async stop() {
      await provider.shutdown().catch(() => {});
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

interface TracingOptions {
  /** The collector, without the path. */
  endpoint: string;
  /** What it calls this service. */
  name: string;
  version: string;
}

/** Random ids, but for the first span of a trace that has its id already. */
function ids(): IdGenerator {
  const random = new RandomIdGenerator();
  return {
    generateTraceId: () => nextRootIds()?.traceId ?? random.generateTraceId(),
    generateSpanId: () => nextRootIds()?.spanId ?? random.generateSpanId(),
  };
}
