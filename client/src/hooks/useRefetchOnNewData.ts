/** Refetches the page when the server reports that its data has changed. */
import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { RefreshPace } from '../api/refreshPace';
import type { ApiResponse } from '../api/response';
import { subscribe } from '../api/subscription';
import { FreshnessDocument, type FreshnessSubscription } from '../generated/operations';
import { useSession } from '../session/session';

type Freshness = FreshnessSubscription['freshness'];

export function useRefetchOnNewData(): void {
  const { token } = useSession();
  const queries = useQueryClient();

  useEffect(() => {
    let isFirst = true;
    const pace = new RefreshPace(() => refetch(queries));
    const onEvent = ({ freshness }: FreshnessSubscription) => {
      if (isFirst) {
        void queries.invalidateQueries({ predicate: (query) => isOfOtherData(query, freshness) });
        isFirst = false;
        return;
      }
      // The server sends an event only after a change, even if neither timestamp moved.
      pace.note();
    };
    const stop = subscribe(token, FreshnessDocument, {}, { onEvent });
    return () => {
      stop();
      pace.stop();
    };
  }, [token, queries]);
}

/** Refetches everything on the page. Requests under way end first, because what they cost is spent; they are of the data
 *  before the change, so they are sent again. */
async function refetch(queries: QueryClient): Promise<void> {
  const underWay = queries.getQueryCache().findAll({ fetchStatus: 'fetching' });
  await queries.invalidateQueries({}, { cancelRefetch: false });
  await queries.refetchQueries({ type: 'active', predicate: (query) => underWay.includes(query) });
}

/** Whether data was loaded between this response and the first freshness event. */
function isOfOtherData(query: Query, freshness: Freshness): boolean {
  const provenance = (query.state.data as ApiResponse<unknown> | undefined)?.provenance;
  if (provenance?.dataThrough === undefined) return false;
  return provenance.dataThrough !== freshness.dataThrough || provenance.loadedAt !== freshness.loadedAt;
}
