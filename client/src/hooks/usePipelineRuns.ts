/** The newest runs of the pipeline; asked again now and then, for commands and other servers make runs too. */
import { PipelineRunsDocument, type PipelineRunsQuery, type PipelineRunsQueryVariables } from '../generated/operations';
import { type OperationResult, useOperation } from './useOperation';

const AGAIN_MS = 15_000;

export function usePipelineRuns(variables: PipelineRunsQueryVariables): OperationResult<PipelineRunsQuery> {
  return useOperation(PipelineRunsDocument, variables, AGAIN_MS);
}
