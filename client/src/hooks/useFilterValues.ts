/** The values of a dimension that occur in the page's range, most views first. */
import { RequestError } from '../api/errors';
import { readField } from '../api/fieldErrors';
import { FilterValuesDocument } from '../generated/operations';
import { UNKNOWN } from '../format';
import { useView } from '../view/useView';
import type { FilterName } from '../view/view';
import { useOperation } from './useOperation';

/** Undefined until they are here. */
export function useFilterValues(name: FilterName): readonly string[] | undefined {
  const { uncompared } = useView();
  const result = useOperation(FilterValuesDocument, uncompared && { range: uncompared.range, timeZone: uncompared.timeZone });
  const rows: readonly Partial<Record<FilterName, string | null>>[] | RequestError | undefined = readField(() => result.data?.data[name].rows);
  if (rows instanceof RequestError) return undefined;
  return rows?.map((row) => row[name] ?? UNKNOWN);
}
