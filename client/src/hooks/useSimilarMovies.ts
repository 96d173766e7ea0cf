/** The films most like one. */
import { SimilarMoviesDocument, type SimilarMoviesQuery, type SimilarMoviesQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useSimilarMovies(variables: SimilarMoviesQueryVariables | null): OperationResult<SimilarMoviesQuery> {
  return useOperation(SimilarMoviesDocument, variables);
}
