/** Viewing by device. */
import { DevicesDocument, type DevicesQuery, type DevicesQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useDevices(variables: DevicesQueryVariables | null = {}): OperationResult<DevicesQuery> {
  return useOperation(DevicesDocument, variables);
}
