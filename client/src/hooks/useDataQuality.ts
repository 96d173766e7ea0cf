/** What the checks of data quality found after the newest loads; asked again now and then, for checks follow their load. */
import { DataQualityDocument, type DataQualityQuery, type DataQualityQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

const AGAIN_MS = 60_000;

export function useDataQuality(variables: DataQualityQueryVariables): OperationResult<DataQualityQuery> {
  return useOperation(DataQualityDocument, variables, AGAIN_MS);
}
