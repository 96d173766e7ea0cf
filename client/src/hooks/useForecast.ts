/** Views to come per genre and day, with the interval they should fall into. */
import { ForecastDocument, type ForecastQuery, type ForecastQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useForecast(variables: ForecastQueryVariables = {}): OperationResult<ForecastQuery> {
  return useOperation(ForecastDocument, variables);
}
