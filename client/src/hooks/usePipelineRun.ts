/** One run of the pipeline as it goes on: the newest that the server said of it, until it has ended. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { subscribe } from '../api/subscription';
import { PipelineRunDocument, type PipelineRunSubscription } from '../generated/operations';
import { useSession } from '../session/session';

type Run = PipelineRunSubscription['pipelineRun'];

/** Null for `id` listens to nothing; the answer is null until the server has said a word of this run. */
export function usePipelineRun(id: string | null): Run | null {
  const { token } = useSession();
  const queries = useQueryClient();
  const [heard, setHeard] = useState<Run | null>(null);

  useEffect(() => {
    if (id === null) return;
    return subscribe(token, PipelineRunDocument, { id }, {
      onEvent: ({ pipelineRun }) => {
        setHeard(pipelineRun);
        // What it made is data of the other panels, and it now is one of the earlier runs.
        if (pipelineRun.endedAt !== null) void queries.invalidateQueries();
      },
      isLast: ({ pipelineRun }) => pipelineRun.endedAt !== null,
    });
  }, [id, token, queries]);

  return heard?.id === id ? heard : null;
}
