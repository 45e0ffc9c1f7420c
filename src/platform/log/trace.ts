import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

/**
 * The current trace (链路): its id is in every log line and every span. An order's trace starts with its creation and is
 * stored in its row, so it covers everything that is ever done about the order, even a close days later in another process
 * with Redis emptied in between.
 *
 * Works without a tracing SDK: then there are no spans, and the log is the same.
 */
interface Current {
  /** Null: a job whose order is not loaded yet. */
  traceId: string | null;
  /** The trace of the current request, if it acts on an order that an earlier request created. */
  requestTraceId?: string;
}

const current = new AsyncLocalStorage<Current>();

/** W3C's trace id: 32 hex digits. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

/** The fields of every log line; a new object each time. */
export function traceFields(): { traceId?: string; requestTraceId?: string } {
  const { traceId = null, requestTraceId } = current.getStore() ?? {};
  if (traceId === null) return {};
  return requestTraceId === undefined ? { traceId } : { traceId, requestTraceId };
}

/** The current trace id, or a new one if there is none. */
export function currentTraceId(): string {
  return current.getStore()?.traceId ?? newTraceId();
}

/** The ids for the root span that is being started, read by the SDK; null: random ones. */
let rootIds: { traceId: string; spanId: string } | null = null;
export const nextRootIds = () => rootIds;

/** The root span's id is derived from the trace id, so that later spans of an order can use it as their parent. */
const rootSpanId = (traceId: string) => traceId.slice(16);

/** Runs `work` as the root of a trace. */
export function beginTrace<T>(traceId: string, name: string, work: () => Promise<T>): Promise<T> {
  rootIds = { traceId, spanId: rootSpanId(traceId) };
  const span = tracer().startSpan(name, { root: true, kind: SpanKind.SERVER });
  rootIds = null;
  return current.run({ traceId }, () => within(span, context.active(), work));
}

/** Runs `work` whose trace is not known yet: the first `inTrace` inside decides it. */
export function awaitTrace<T>(work: () => Promise<T>): Promise<T> {
  return current.run({ traceId: null }, work);
}

/** Runs `work` in an order's trace. A null `traceId` (created before traces existed) keeps the current one. */
export function inTrace<T>(
  traceId: string | null,
  name: string,
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const outer = current.getStore();
  if (traceId === null || traceId === outer?.traceId) return inSpan(name, attributes, work);
  const requestTraceId = outer?.requestTraceId ?? outer?.traceId ?? null;
  if (outer !== undefined && outer.traceId === null) outer.traceId = traceId;
  const fields = { traceId, ...(requestTraceId !== null && { requestTraceId }) };
  return current.run(fields, () => {
    const { parent, links } = parentIn(traceId);
    const span = tracer().startSpan(name, { kind: SpanKind.INTERNAL, attributes, links }, parent);
    return within(span, parent, work);
  });
}

/** Runs `work` in a child span, to which it may add attributes. */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracer().startSpan(name, { attributes });
  return within(span, context.active(), () => work(span));
}

const tracer = () => trace.getTracer('autoclose');

/** The active span if it belongs to this trace; otherwise the trace's root span, with a link to the active one. */
function parentIn(traceId: string): { parent: Context; links: Link[] } {
  const active = trace.getSpanContext(context.active());
  if (active?.traceId === traceId) return { parent: context.active(), links: [] };
  const first = { traceId, spanId: rootSpanId(traceId), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return {
    parent: trace.setSpanContext(context.active(), first),
    links: active === undefined ? [] : [{ context: active }],
  };
}

/** Records only the name of an error: its message may contain data. */
async function within<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
    throw error;
  } finally {
    span.end();
  }
}
