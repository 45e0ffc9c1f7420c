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
 * Which trace (链路) is being worked in: its id is in every log line written meanwhile, by whomever, and in every span.
 * An order's trace begins with its creation and is kept in its row, so that all that is ever done about the order is in
 * it: its close days later too, in another process, with Redis emptied in between.
 *
 * Works without a tracing SDK: then there are no spans, and the log is the same.
 */
interface Current {
  /** Null: a job of whose order nothing is known yet. */
  traceId: string | null;
  /** Of the request that does something about an order which an earlier one created. */
  requestTraceId?: string;
}

const current = new AsyncLocalStorage<Current>();

/** W3C's trace id: 32 hex digits. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

/** What every log line carries; a new object each time. */
export function traceFields(): { traceId?: string; requestTraceId?: string } {
  const { traceId = null, requestTraceId } = current.getStore() ?? {};
  if (traceId === null) return {};
  return requestTraceId === undefined ? { traceId } : { traceId, requestTraceId };
}

/** The trace that is being worked in; a new one where there is none. */
export function currentTraceId(): string {
  return current.getStore()?.traceId ?? newTraceId();
}

/** The ids for the span that is being begun as a trace's first, for the SDK to take; null: any. */
let rootIds: { traceId: string; spanId: string } | null = null;
export const nextRootIds = () => rootIds;

/** Every span of an order whose parent is long gone hangs on the first of its trace, whose id follows from the trace's. */
const rootSpanId = (traceId: string) => traceId.slice(16);

/** Does something as the beginning of a trace. */
export function beginTrace<T>(traceId: string, name: string, work: () => Promise<T>): Promise<T> {
  rootIds = { traceId, spanId: rootSpanId(traceId) };
  const span = tracer().startSpan(name, { root: true, kind: SpanKind.SERVER });
  rootIds = null;
  return current.run({ traceId }, () => within(span, context.active(), work));
}

/** Does something of which it is not known yet whose trace it belongs to: the first that is met in it. */
export function awaitTrace<T>(work: () => Promise<T>): Promise<T> {
  return current.run({ traceId: null }, work);
}

/** Does something about an order, in its trace; null: it is older than traces are. */
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

/** Does a step of what is being done. `work` may add to its span. */
export function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracer().startSpan(name, { attributes });
  return within(span, context.active(), () => work(span));
}

const tracer = () => trace.getTracer('autoclose');

/** The span under way, where it is of this trace; else the trace's first, with a link to what is under way. */
function parentIn(traceId: string): { parent: Context; links: Link[] } {
  const active = trace.getSpanContext(context.active());
  if (active?.traceId === traceId) return { parent: context.active(), links: [] };
  const first = { traceId, spanId: rootSpanId(traceId), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return {
    parent: trace.setSpanContext(context.active(), first),
    links: active === undefined ? [] : [{ context: active }],
  };
}

/** Of an error only its kind is kept: its message may say what must not be told. */
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
