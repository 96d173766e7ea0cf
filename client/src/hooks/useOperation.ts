/** Runs a published query. Panels keep their last result on screen while the next one loads. */
import { keepPreviousData, skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ApiResponse } from '../api/response';
import { documentIdOf, postDocument } from '../api/transport';
import type { TypedDocumentString } from '../generated/operations';
import { useSession } from '../session/useSession';

export type OperationResult<TData> = UseQueryResult<ApiResponse<TData>>;

export function useOperation<TData extends object, TVariables>(
  document: TypedDocumentString<TData, TVariables>,
  /** Null while a variable is still missing: nothing is sent, and the last result stays. */
  variables: TVariables | null,
  /** How often to refetch, for data that changes without a load; may depend on the last answer. */
  refetchMs?: number | ((data: TData | undefined) => number),
): OperationResult<TData> {
  const { token } = useSession();
  return useQuery({
    // The token is not part of the key: each token has its own cache.
    queryKey: [documentIdOf(document), variables],
    queryFn: variables === null ? skipToken : ({ signal }) => postDocument(token, document, variables, signal),
    placeholderData: keepPreviousData,
    refetchInterval: typeof refetchMs === 'function' ? ({ state }) => refetchMs(state.data?.data) : (refetchMs ?? false),
  });
}
