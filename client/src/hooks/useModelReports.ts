/** How well the models do, beside a simple rule. */
import { ModelReportsDocument, type ModelReportsQuery, type ModelReportsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useModelReports(variables: ModelReportsQueryVariables = {}): OperationResult<ModelReportsQuery> {
  return useOperation(ModelReportsDocument, variables);
}
