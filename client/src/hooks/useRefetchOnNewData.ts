/** Asks for everything on the page again when the server says that the data behind it has changed. */
import { type Query, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ApiResponse } from '../api/response';
import { subscribe } from '../api/subscription';
import { FreshnessDocument, type FreshnessSubscription } from '../generated/operations';
import { useSession } from '../session/session';

/** Loads may follow each other quickly; what is asked for again needs time to arrive. */
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
      // A change that moves neither instant is still a change, or the server would have said nothing.
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

/** Whether a load came between the answer and the first word on freshness. */
function isOfOtherData(query: Query, freshness: Freshness): boolean {
  const provenance = (query.state.data as ApiResponse<unknown> | undefined)?.provenance;
  if (provenance?.dataThrough === undefined) return false;
  return provenance.dataThrough !== freshness.dataThrough || provenance.loadedAt !== freshness.loadedAt;
}
