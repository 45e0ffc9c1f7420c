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

/** Time limit for sending the remaining spans at shutdown, ms. */
const FLUSH_MS = 800;

export interface Tracing {
  /** For BullMQ's queues and workers: a job continues the trace that set it. */
  telemetry: BullMQOtel;
  /** Sends the remaining spans. Never throws. */
  stop(): Promise<void>;
}

/**
 * Starts to send spans (链路追踪) to an OpenTelemetry collector, by OTLP over HTTP. Call once per process. An unreachable
 * collector only loses spans.
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
  /** The collector's URL, without the path. */
  endpoint: string;
  /** The service name. */
  name: string;
  version: string;
}

/** Random ids, except for the root span of a trace, whose ids are known already. */
function ids(): IdGenerator {
  const random = new RandomIdGenerator();
  return {
    generateTraceId: () => nextRootIds()?.traceId ?? random.generateTraceId(),
    generateSpanId: () => nextRootIds()?.spanId ?? random.generateSpanId(),
  };
}
