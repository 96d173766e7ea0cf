/** Viewing by genre. */
import { GenresDocument, type GenresQuery, type GenresQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useGenres(variables: GenresQueryVariables | null = {}): OperationResult<GenresQuery> {
  return useOperation(GenresDocument, variables);
}
