import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { RequestProblem } from './request.ts';

/** The session has ended: shows the login, which returns to the same place afterwards. */
function signOutOn401(error: Error): void {
  if (error instanceof RequestProblem && error.error === 'not_signed_in')
    queryClient.setQueryData(['me'], null);
}

/** The request failed temporarily: repeating it may succeed. */
export function isTransient(error: Error | null): boolean {
  return error instanceof RequestProblem && (error.error === 'network' || error.error === 'unavailable');
}

/** Delay before a request is repeated that failed because the server or the database is away, ms. */
const RETRY_MS = 5_000;

/** For `refetchInterval`: every `ms` or never, but soon after a transient failure. */
export const everyMs =
  (ms: number | false = false) =>
  ({ state }: { state: { error: Error | null } }): number | false =>
    isTransient(state.error) ? RETRY_MS : ms;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signOutOn401 }),
  mutationCache: new MutationCache({ onError: signOutOn401 }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Refusals are not retried; outages are, while the page shows them.
      retry: (failures, error) => failures < 2 && isTransient(error),
      refetchInterval: everyMs(),
    },
  },
});
