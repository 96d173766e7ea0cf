/** Follows a pipeline run until it ends. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { subscribe } from '../api/subscription';
import { PipelineRunDocument, type PipelineRunSubscription } from '../generated/operations';
import { useSession } from '../session/useSession';

type Run = PipelineRunSubscription['pipelineRun'];

/** A null `id` subscribes to nothing. Returns null until the first event arrives. */
export function usePipelineRun(id: string | null): Run | null {
  const { token } = useSession();
  const queries = useQueryClient();
  const [live, setLive] = useState<Run | null>(null);

  useEffect(() => {
    if (id === null) return;
    return subscribe(token, PipelineRunDocument, { id }, {
      onEvent: ({ pipelineRun }) => {
        setLive(pipelineRun);
        // The run changed what other panels show, and belongs in the list of runs.
        if (pipelineRun.endedAt !== null) void queries.invalidateQueries();
      },
      isLast: ({ pipelineRun }) => pipelineRun.endedAt !== null,
    });
  }, [id, token, queries]);

  return live?.id === id ? live : null;
}
