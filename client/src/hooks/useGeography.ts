/** Reach of films by country, how far tastes lie apart, and films that travel. */
import { GeographyDocument, type GeographyQuery, type GeographyQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useGeography(variables: GeographyQueryVariables = {}): OperationResult<GeographyQuery> {
  return useOperation(GeographyDocument, variables);
}
