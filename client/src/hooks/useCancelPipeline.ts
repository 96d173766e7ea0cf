/** Ends a run of the pipeline. */
import { CancelPipelineDocument, type CancelPipelineMutation, type CancelPipelineMutationVariables } from '../generated/operations';
import { type ChangeResult, useChange } from './useChange';

export function useCancelPipeline(): ChangeResult<CancelPipelineMutation, CancelPipelineMutationVariables> {
  return useChange(CancelPipelineDocument);
}
