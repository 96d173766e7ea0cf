/** The query client's defaults: retries, how long a response stays fresh, and what happens when a token is refused. */
import { MutationCache, QueryCache, QueryClient, replaceEqualDeep } from '@tanstack/react-query';
import { asRequestError, type RequestError } from './errors';
import { hasRefusals } from './fieldErrors';
import type { ApiResponse } from './response';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: RequestError;
  }
}

const FRESH_MS = 30_000;
const RETRIES = 2;

export function makeQueryClient(onTokenRefused: (reason: string) => void): QueryClient {
  const onError = (error: RequestError) => {
    if (error.isUnauthenticated) onTokenRefused(error.message);
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => asRequestError(error).isTransient && failures < RETRIES,
        // Equal parts keep their identity; refused ones can't be compared.
        structuralSharing: (before, after) => (isPartial(before) || isPartial(after) ? after : replaceEqualDeep<unknown>(before, after)),
        refetchOnWindowFocus: false,
        // The browser does not know whether this server can be reached: it may be on the same machine.
        networkMode: 'always',
      },
    },
  });
}

function isPartial(response: unknown): boolean {
  return hasRefusals((response as ApiResponse<unknown> | undefined)?.data);
}
