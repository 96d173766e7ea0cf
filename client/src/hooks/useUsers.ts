/** A page of users. */
import { UsersDocument, type UsersQuery, type UsersQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useUsers(variables: UsersQueryVariables = {}): OperationResult<UsersQuery> {
  return useOperation(UsersDocument, variables);
}
