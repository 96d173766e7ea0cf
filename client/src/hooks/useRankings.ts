/** The chart of the newest complete period. */
import { RankingsDocument, type RankingsQuery, type RankingsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useRankings(variables: RankingsQueryVariables = {}): OperationResult<RankingsQuery> {
  return useOperation(RankingsDocument, variables);
}
