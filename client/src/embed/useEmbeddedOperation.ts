/** Runs the one operation that an embed token allows, asks again from time to time, and tells the page around it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { getOperation } from '../api/transport';
import type { OperationResult } from '../hooks/useOperation';
import type { EmbedToken } from './EmbedToken';
import type { HostPage } from './HostPage';

export interface EmbeddedProps {
  readonly operation: string;
  readonly token: EmbedToken;
  /** Those that the token does not fix. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly refreshMs: number | false;
  /** Null in a frame that the page made by itself. */
  readonly host: HostPage | null;
  /** Whether this answer alone is not yet what the page waits for. */
  readonly isPart?: boolean;
}

export function useEmbeddedOperation<TQuery>({ operation, token, variables, refreshMs, host, isPart = false }: EmbeddedProps): OperationResult<TQuery> {
  const result = useQuery({
    // Without the token: with another one the same rows stay until its answer is here.
    queryKey: [operation, variables],
    queryFn: ({ signal }) => token.ask((one) => getOperation<TQuery>(one, operation, variables, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  const { error, isSuccess, isPlaceholderData, dataUpdatedAt } = result;
  useEffect(() => {
    if (error) host?.post({ type: 'marquee:error', code: error.code, message: error.message });
    else if (isSuccess && !isPlaceholderData && !isPart) host?.post({ type: 'marquee:loaded' });
    host?.measure();
  }, [host, error, isSuccess, isPlaceholderData, dataUpdatedAt, isPart]);
  return result;
}
