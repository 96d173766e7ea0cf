/** Views, viewers and watch hours per local day. */
import { DailyTrendsDocument, type DailyTrendsQuery, type DailyTrendsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useDailyTrends(variables: DailyTrendsQueryVariables = {}): OperationResult<DailyTrendsQuery> {
  return useOperation(DailyTrendsDocument, variables);
}
