import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { RequestProblem } from './request.ts';

/**
 * Nobody is signed in any more, whoever was told so: the page then shows the login, and comes back to its place
 * afterwards.
 */
function signOutOn401(error: Error): void {
  if (error instanceof RequestProblem && error.error === 'not_signed_in')
    queryClient.setQueryData(['me'], null);
}

/** It was no answer to this question: the same may be answered in a moment. */
export function mayPass(error: Error | null): boolean {
  return error instanceof RequestProblem && (error.error === 'network' || error.error === 'unavailable');
}

/** How soon a question is asked again that met a server or a database that is away, ms. */
const AGAIN_MS = 5_000;

/** For `refetchInterval`: every `ms`, or never, but soon where what was asked for was away. */
export const everyMs =
  (ms: number | false = false) =>
  ({ state }: { state: { error: Error | null } }): number | false =>
    mayPass(state.error) ? AGAIN_MS : ms;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signOutOn401 }),
  mutationCache: new MutationCache({ onError: signOutOn401 }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server has decided is not asked again; a server that is away is, and says so meanwhile.
      retry: (failures, error) => failures < 2 && mayPass(error),
      refetchInterval: everyMs(),
    },
  },
});
