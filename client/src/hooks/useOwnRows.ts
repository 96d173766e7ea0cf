/**
 * The page's answer for a panel whose rows are pressed to filter: under all filters but the panel's own, so that it keeps
 * its other rows beside the chosen ones. With one filter that is what the page showed before, and is here already.
 */
import type { TypedDocumentString, ViewingFilter } from '../generated/operations';
import { useView, type ViewVariables } from '../view/useView';
import { type FilterName, toViewingFilter } from '../view/view';
import { type OperationResult, useOperation } from './useOperation';

export function useOwnRows<TData extends object, TVariables>(
  document: TypedDocumentString<TData, TVariables>,
  name: FilterName,
  result: OperationResult<TData>,
  /** The page's variables with another filter. */
  asked: (where: ViewingFilter | undefined) => TVariables | null,
): OperationResult<TData> {
  const { view } = useView();
  const isChosen = (view.filters[name]?.length ?? 0) > 0;
  const own = useOperation(document, isChosen ? asked(toViewingFilter({ ...view.filters, [name]: [] })) : null);
  // Until it is here, what the page shows.
  return isChosen && !own.isPending ? own : result;
}

/** Variables with another filter; without one, as they are where the page has none. */
export function withFilter({ range, timeZone, compareTo }: ViewVariables, where: ViewingFilter | undefined): ViewVariables {
  return { range, timeZone, compareTo, ...(where && { where }) };
}
