/** One user. */
import { UserDocument, type UserQuery, type UserQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useUser(variables: UserQueryVariables): OperationResult<UserQuery> {
  return useOperation(UserDocument, variables);
}
