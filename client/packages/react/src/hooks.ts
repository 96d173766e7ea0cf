/** Hooks: an operation, a question, a mutation, a subscription. Answers are those of TanStack Query. */
import type { Client, Dimension, Given, Measure, MarqueeError, Operation, Question, Rating, Row, Viewing } from '@marquee/client';
import { keepPreviousData, useMutation, type UseMutationResult, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { keyOf, useClient, useFollowing } from './provider.js';

export interface HookOptions {
  /** Ask again whenever the data has changed. */
  readonly live?: boolean;
  readonly enabled?: boolean;
}

/** The data of a published query. While variables change, the answer before is kept. */
export function useOperation<TData, TVariables>(operation: Operation<TData, TVariables, 'query'>, ...[variables, options]: [...Given<TVariables>, options?: HookOptions]): UseQueryResult<TData, MarqueeError> {
  return useAnswer([operation.sha256, variables ?? {}], (client, signal) => client.runWith(operation, variables as TVariables | undefined, { signal }), options as HookOptions | undefined);
}

/** The rows of any measures by any dimensions of viewing sessions. */
export function useViewing<const TMeasure extends Measure<Viewing>, const TDimension extends Dimension<Viewing> = never>(
  question: Question<Viewing, TMeasure, TDimension>,
  options?: HookOptions,
): UseQueryResult<Row<Viewing, TMeasure, TDimension>[], MarqueeError> {
  return useAnswer(['viewing', question], (client, signal) => client.viewing(question, { signal }), options);
}

/** The rows of any measures by any dimensions of ratings. */
export function useRating<const TMeasure extends Measure<Rating>, const TDimension extends Dimension<Rating> = never>(
  question: Question<Rating, TMeasure, TDimension>,
  options?: HookOptions,
): UseQueryResult<Row<Rating, TMeasure, TDimension>[], MarqueeError> {
  return useAnswer(['rating', question], (client, signal) => client.rating(question, { signal }), options);
}

/** Runs a published mutation when it is told to. */
export function useOperationMutation<TData, TVariables>(operation: Operation<TData, TVariables, 'mutation'>): UseMutationResult<TData, MarqueeError, TVariables> {
  const client = useClient();
  return useMutation({ mutationFn: (variables: TVariables) => client.runWith(operation, variables, {}) });
}

export interface Followed<TData> {
  /** The newest event. */
  readonly data: TData | undefined;
  readonly error: unknown;
}

/** The newest event of a published subscription. */
export function useSubscription<TData, TVariables>(operation: Operation<TData, TVariables, 'subscription'>, variables?: TVariables): Followed<TData> {
  const client = useClient();
  const [followed, setFollowed] = useState<Followed<TData>>({ data: undefined, error: undefined });
  const given = JSON.stringify(variables ?? {});
  useEffect(() => {
    const ending = new AbortController();
    void (async () => {
      try {
        for await (const data of client.subscribe(operation, JSON.parse(given) as TVariables, { signal: ending.signal })) setFollowed({ data, error: undefined });
      } catch (error) {
        if (!ending.signal.aborted) setFollowed(({ data }) => ({ data, error }));
      }
    })();
    return () => {
      ending.abort();
    };
  }, [client, operation, given]);
  return followed;
}

function useAnswer<TData>(question: readonly unknown[], ask: (client: Client, signal: AbortSignal) => Promise<TData>, { live = false, enabled = true }: HookOptions = {}): UseQueryResult<TData, MarqueeError> {
  const client = useClient();
  useFollowing(live);
  return useQuery<TData, MarqueeError>({
    queryKey: keyOf(client, live, ...question),
    queryFn: ({ signal }) => ask(client, signal),
    enabled,
    placeholderData: keepPreviousData,
    // The client has tried again as often as it may.
    retry: false,
  });
}
