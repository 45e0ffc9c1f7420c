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

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signOutOn401 }),
  mutationCache: new MutationCache({ onError: signOutOn401 }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server has decided is not asked again; a server that is away is, and says so meanwhile.
      retry: (failures, error) =>
        failures < 2 &&
        error instanceof RequestProblem &&
        (error.error === 'network' || error.error === 'unavailable'),
    },
  },
});
