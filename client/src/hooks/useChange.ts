/** The one way a component changes something: a typed mutation, after which everything on the page is asked again. */
import { useMutation, type UseMutationResult, useQueryClient } from '@tanstack/react-query';
import type { Answer } from '../api/answer';
import type { RequestError } from '../api/errors';
import { postDocument } from '../api/transport';
import type { TypedDocumentString } from '../generated/operations';
import { useSession } from '../session/session';

export type ChangeResult<TData, TVariables> = UseMutationResult<Answer<TData>, RequestError, TVariables>;

export function useChange<TData, TVariables>(document: TypedDocumentString<TData, TVariables>): ChangeResult<TData, TVariables> {
  const { token } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (variables: TVariables) => postDocument(token, document, variables),
    onSettled: () => void queries.invalidateQueries(),
  });
}
