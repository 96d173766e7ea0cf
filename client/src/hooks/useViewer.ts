/** Who is asking, and what their role sees masked. */
import { ViewerDocument, type ViewerQuery, type ViewerQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useViewer(variables: ViewerQueryVariables = {}): OperationResult<ViewerQuery> {
  return useOperation(ViewerDocument, variables);
}
