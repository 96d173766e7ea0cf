/** The kinds of subscription that have viewing. */
import { SubscriptionsDocument, type SubscriptionsQuery, type SubscriptionsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useSubscriptions(variables: SubscriptionsQueryVariables = {}): OperationResult<SubscriptionsQuery> {
  return useOperation(SubscriptionsDocument, variables);
}
