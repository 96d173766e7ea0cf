/** Viewing by hour of the local day. */
import { HourlyTrendsDocument, type HourlyTrendsQuery, type HourlyTrendsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useHourlyTrends(variables: HourlyTrendsQueryVariables = {}): OperationResult<HourlyTrendsQuery> {
  return useOperation(HourlyTrendsDocument, variables);
}
