/** The most watched films of a range. */
import { TopMoviesDocument, type TopMoviesQuery, type TopMoviesQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useTopMovies(variables: TopMoviesQueryVariables = {}): OperationResult<TopMoviesQuery> {
  return useOperation(TopMoviesDocument, variables);
}
