import { createRequire } from 'node:module';
import type { AlipayCURLOptions } from 'alipay-sdk';
import { MAX_ANSWER_BYTES } from '../../adapter/reply.ts';

type Dispatcher = NonNullable<AlipayCURLOptions['agent']>;
type Handler = Parameters<Dispatcher['dispatch']>[1];

/** The SDK's own HTTP client: another copy might not handle the SDK's requests. */
const sdkRequire = createRequire(createRequire(import.meta.url).resolve('alipay-sdk'));
const { Agent }: { Agent: new (options: { maxResponseSize: number }) => Dispatcher } = sdkRequire('urllib');

/** Keeps connections open; reads no answer longer than `MAX_ANSWER_BYTES`. */
export function openConnections(): Dispatcher {
  return new Agent({ maxResponseSize: MAX_ANSWER_BYTES });
}

/**
 * What the SDK has no option for: one call is one request, and it ends when `signal` aborts, however slowly the
 * answer arrives. The SDK's HTTP client follows redirects and repeats a request after a connection reset; here the
 * second request of a call fails before it is sent.
 */
export function singleRequest(
  connections: Dispatcher,
  signal: AbortSignal,
  /** Receives the answer's `Date` header, if present. */
  onDate: (date: unknown) => void = () => {},
): Dispatcher {
  let used = false;
  return connections.compose((dispatch) => (options, handler) => {
    if (used) throw new Error('connection broken or redirected');
    used = true;
    return dispatch(options, observed(signal, handler, onDate));
  });
}

function observed(signal: AbortSignal, handler: Handler, onDate: (date: unknown) => void): Handler {
  return {
    onRequestStart(controller, context) {
      signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
      handler.onRequestStart?.(controller, context);
      // The call may have been aborted while it waited for a connection.
      if (signal.aborted) controller.abort(signal.reason);
    },
    onResponseStart(controller, status, headers, statusText) {
      onDate(headers.date);
      return handler.onResponseStart?.(controller, status, headers, statusText);
    },
    onResponseData: (...chunk) => handler.onResponseData?.(...chunk),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...error) => handler.onResponseError?.(...error),
  };
}
