/** Sends a published mutation, then refetches everything on the page: any panel may show what it changed. */
import { useMutation, type UseMutationResult, useQueryClient } from '@tanstack/react-query';
import type { RequestError } from '../api/errors';
import type { ApiResponse } from '../api/response';
import { postDocument } from '../api/transport';
import type { TypedDocumentString } from '../generated/operations';
import { useSession } from '../session/session';

export function useMutationOperation<TData extends object, TVariables>(
  document: TypedDocumentString<TData, TVariables>,
): UseMutationResult<ApiResponse<TData>, RequestError, TVariables> {
  const { token } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (variables: TVariables) => postDocument(token, document, variables),
    onSettled: () => void queries.invalidateQueries(),
  });
}
