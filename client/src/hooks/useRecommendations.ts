/** What a user may like next. */
import { RecommendationsDocument, type RecommendationsQuery, type RecommendationsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useRecommendations(variables: RecommendationsQueryVariables): OperationResult<RecommendationsQuery> {
  return useOperation(RecommendationsDocument, variables);
}
