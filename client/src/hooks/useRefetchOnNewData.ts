/** Refetches the page when the server reports that its data has changed. */
import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Change, isTouched } from '../api/dataChange';
import { noteNewestData } from '../api/newestData';
import { RefreshPace } from '../api/refreshPace';
import type { ApiResponse } from '../api/response';
import { subscribe } from '../api/subscription';
import { acceptSince } from '../api/transport';
import { FreshnessDocument, type FreshnessSubscription } from '../generated/operations';
import { useSession } from '../session/useSession';

type Freshness = FreshnessSubscription['freshness'];

export function useRefetchOnNewData(): void {
  const { token } = useSession();
  const queries = useQueryClient();

  useEffect(() => {
    let isFirst = true;
    const pace = new RefreshPace<Change>((changes) => refetch(queries, changes));
    const onEvent = ({ freshness }: FreshnessSubscription) => {
      acceptSince(freshness.loadedAt ?? null);
      noteNewestData(freshness.dataThrough);
      if (isFirst) {
        void queries.invalidateQueries({ predicate: (query) => isOfOtherData(query, freshness) });
        isFirst = false;
        return;
      }
      // The server sends an event only after a change, even if neither timestamp moved.
      pace.note({ dataThrough: freshness.dataThrough ?? null, changed: freshness.changed ?? null });
    };
    const stop = subscribe(token, FreshnessDocument, {}, { onEvent });
    return () => {
      stop();
      pace.stop();
      acceptSince(null);
    };
  }, [token, queries]);
}

/** Refetches what the changes may have touched. Requests under way end first, because what they cost is spent; they are
 *  of the data before the changes, so they are sent again. */
async function refetch(queries: QueryClient, changes: readonly Change[]): Promise<void> {
  const underWay = queries.getQueryCache().findAll({ fetchStatus: 'fetching' });
  await queries.invalidateQueries({ predicate: (query) => mayBeTouched(query, changes) }, { cancelRefetch: false });
  await queries.refetchQueries({ type: 'active', predicate: (query) => underWay.includes(query) });
}

function mayBeTouched(query: Query, changes: readonly Change[]): boolean {
  const response = query.state.data as ApiResponse<unknown> | undefined;
  return response === undefined || isTouched(response, changes);
}

/** Whether data was loaded between this response and the first freshness event. */
function isOfOtherData(query: Query, freshness: Freshness): boolean {
  const provenance = (query.state.data as ApiResponse<unknown> | undefined)?.provenance;
  if (provenance?.dataThrough === undefined) return false;
  return provenance.dataThrough !== freshness.dataThrough || provenance.loadedAt !== freshness.loadedAt;
}
