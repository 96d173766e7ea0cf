/** Runs the one operation that an embed token allows, and refetches it every minute. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getOperation } from '../api/transport';
import type { OperationResult } from '../hooks/useOperation';

const REFRESH_MS = 60_000;

export function useEmbeddedOperation<TQuery>(operation: string, token: string): OperationResult<TQuery> {
  return useQuery({
    queryKey: [operation, token],
    queryFn: ({ signal }) => getOperation<TQuery>(token, operation, signal),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}
