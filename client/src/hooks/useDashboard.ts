/** The figures of a range and of the period before. */
import { DashboardDocument, type DashboardQuery, type DashboardQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useDashboard(variables: DashboardQueryVariables = {}): OperationResult<DashboardQuery> {
  return useOperation(DashboardDocument, variables);
}
