/** The one way a component asks the API: a typed document, keyed by all its inputs, keeping the old picture while it loads. */
import { keepPreviousData, skipToken, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '../api/answer';
import { postDocument } from '../api/transport';
import type { TypedDocumentString } from '../generated/operations';
import { useSession } from '../session/session';

export type OperationResult<TData> = UseQueryResult<Answer<TData>>;

export function useOperation<TData, TVariables>(
  document: TypedDocumentString<TData, TVariables>,
  /** Null where the question is not known yet: nothing is asked, and the old picture stays. */
  variables: TVariables | null,
  /** How often to ask again on a page that is looked at; only where what is told changes without a load. */
  againMs?: number,
): OperationResult<TData> {
  const { token } = useSession();
  return useQuery({
    // The token is not in the key: each token has a cache of its own.
    queryKey: [document.toString(), variables],
    queryFn: variables === null ? skipToken : ({ signal }) => postDocument(token, document, variables, signal),
    placeholderData: keepPreviousData,
    refetchInterval: againMs ?? false,
  });
}
