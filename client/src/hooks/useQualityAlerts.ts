/** Where playback buffered more than usual, newest first. */
import { QualityAlertsDocument, type QualityAlertsQuery, type QualityAlertsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useQualityAlerts(variables: QualityAlertsQueryVariables = {}): OperationResult<QualityAlertsQuery> {
  return useOperation(QualityAlertsDocument, variables);
}
