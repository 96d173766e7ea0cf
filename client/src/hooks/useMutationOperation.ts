/**
 * Sends a published mutation, then refetches everything on the page: any panel may show what it changed. What the server
 * refuses about the input is an error like any other.
 */
import { useMutation, type UseMutationResult, useQueryClient } from '@tanstack/react-query';
import { RequestError } from '../api/errors';
import type { ApiResponse } from '../api/response';
import { postDocument } from '../api/transport';
import type { TypedDocumentString } from '../generated/operations';
import { useSession } from '../session/useSession';

export function useMutationOperation<TData extends object, TVariables>(
  document: TypedDocumentString<TData, TVariables>,
): UseMutationResult<ApiResponse<TData>, RequestError, TVariables> {
  const { token } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (variables: TVariables) => {
      const answer = await postDocument(token, document, variables);
      for (const payload of Object.values(answer.data) as readonly Payload[]) {
        if (payload.userErrors[0]) throw new RequestError('BAD_INPUT', payload.userErrors[0].message);
      }
      return answer;
    },
    onSettled: () => void queries.invalidateQueries(),
  });
}

interface Payload {
  readonly userErrors: readonly { readonly message: string }[];
}
