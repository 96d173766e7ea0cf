/** Runs a query that the page wrote itself. Nothing of another query is shown meanwhile: its rows have other fields. */
import { skipToken, useQuery } from '@tanstack/react-query';
import { postText } from '../api/transport';
import { useSession } from '../session/useSession';
import type { OperationResult } from './useOperation';

export function useQueryText<TData>(text: string, variables: object | null): OperationResult<TData> {
  const { token } = useSession();
  return useQuery({
    queryKey: [text, variables],
    queryFn: variables === null ? skipToken : ({ signal }) => postText<TData>(token, text, variables, signal),
  });
}
