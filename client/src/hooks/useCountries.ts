/** Users, viewers and viewing by country. */
import { CountriesDocument, type CountriesQuery, type CountriesQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

export function useCountries(variables: CountriesQueryVariables | null = {}): OperationResult<CountriesQuery> {
  return useOperation(CountriesDocument, variables);
}
