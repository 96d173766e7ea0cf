/** What every panel takes: the result to draw, wherever it was asked for, and the class its page gives it. */
import type { OperationResult } from '../hooks/useOperation';

export interface OperationPanelProps<TQuery> {
  readonly result: OperationResult<TQuery>;
  readonly className?: string;
}

export const NOTHING_IN_RANGE = 'No viewing in this range. Choose a longer one, or remove a filter.';
