/** Props of every panel. The result comes from the page or the embed. */
import type { OperationResult } from '../hooks/useOperation';

export interface OperationPanelProps<TQuery> {
  readonly result: OperationResult<TQuery>;
  readonly className?: string;
}

export const NOTHING_IN_RANGE = 'No viewing in this range. Choose a longer one, or remove a filter.';
