/** The chart of a period; of the newest complete one where none is named. */
import { RankingsDocument, type RankingsQuery, type RankingsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useRankings(variables: RankingsQueryVariables | null = {}): OperationResult<RankingsQuery> {
  return useOperation(RankingsDocument, variables);
}
