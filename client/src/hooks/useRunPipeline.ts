/** Starts a run of the pipeline. */
import { RunPipelineDocument, type RunPipelineMutation, type RunPipelineMutationVariables } from '../generated/operations';
import { type ChangeResult, useChange } from './useChange';

export function useRunPipeline(): ChangeResult<RunPipelineMutation, RunPipelineMutationVariables> {
  return useChange(RunPipelineDocument);
}
