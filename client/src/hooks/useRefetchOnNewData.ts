/** Refetches the page when the server reports that its data has changed. */
import { type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ApiResponse } from '../api/response';
import { subscribe } from '../api/subscription';
import { FreshnessDocument, type FreshnessSubscription } from '../generated/operations';
import { useSession } from '../session/session';

/** Loads may come in quick succession: refetch once for all of them. */
const PAUSE_MS = 1_000;

type Freshness = FreshnessSubscription['freshness'];

export function useRefetchOnNewData(): void {
  const { token } = useSession();
  const queries = useQueryClient();

  useEffect(() => {
    let isFirst = true;
    let timer: number | undefined;
    const onEvent = ({ freshness }: FreshnessSubscription) => {
      if (isFirst) {
        void queries.invalidateQueries({ predicate: (query) => isOfOtherData(query, freshness) });
        isFirst = false;
        return;
      }
      // The server sends an event only after a change, even if neither timestamp moved.
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries();
      }, PAUSE_MS);
    };
    const stop = subscribe(token, FreshnessDocument, {}, { onEvent });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [token, queries]);
}

/** Whether data was loaded between this response and the first freshness event. */
function isOfOtherData(query: Query, freshness: Freshness): boolean {
  const provenance = (query.state.data as ApiResponse<unknown> | undefined)?.provenance;
  if (provenance?.dataThrough === undefined) return false;
  return provenance.dataThrough !== freshness.dataThrough || provenance.loadedAt !== freshness.loadedAt;
}
