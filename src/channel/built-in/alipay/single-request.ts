import { createRequire } from 'node:module';
import type { AlipayCURLOptions } from 'alipay-sdk';
import { MAX_ANSWER_BYTES } from '../../adapter/reply.ts';

type Dispatcher = NonNullable<AlipayCURLOptions['agent']>;
type Handler = Parameters<Dispatcher['dispatch']>[1];

/** The SDK's own HTTP client: another copy of it might not understand the SDK's requests. */
const sdkRequire = createRequire(createRequire(import.meta.url).resolve('alipay-sdk'));
const { Agent }: { Agent: new (options: { maxResponseSize: number }) => Dispatcher } = sdkRequire('urllib');

/** Connections that stay open, and read no answer longer than `MAX_ANSWER_BYTES`. */
export function openConnections(): Dispatcher {
  return new Agent({ maxResponseSize: MAX_ANSWER_BYTES });
}

/**
 * What the SDK offers no option for: one call is one request, and it ends when `signal` aborts, however slowly
 * its answer drips in. The SDK's HTTP client follows redirects and repeats a request whose connection was reset;
 * here the second request of a call fails before it is sent.
 */
export function singleRequest(
  connections: Dispatcher,
  signal: AbortSignal,
  /** Hears the answer's `Date` header, where it has one. */
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
      // It may have waited so long for its connection that nobody waits for it any more.
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
