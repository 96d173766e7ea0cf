/** How people watch: all of them, by an attribute of theirs, or one. */
import { ViewingPatternsDocument, type ViewingPatternsQuery, type ViewingPatternsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useViewingPatterns(variables: ViewingPatternsQueryVariables = {}): OperationResult<ViewingPatternsQuery> {
  return useOperation(ViewingPatternsDocument, variables);
}
