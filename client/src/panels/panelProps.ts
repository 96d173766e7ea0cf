/** Props of every panel. The result comes from the page or the embed. */
import type { OperationResult } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import type { PanelSource } from '../menus/PanelMenu';

export interface OperationPanelProps<TQuery> {
  readonly result: OperationResult<TQuery>;
  readonly source?: PanelSource | undefined;
  readonly className?: string;
}

/** The page's filter by one dimension. An embedded panel stands alone: there is nothing to filter. */
export interface FilterChoice {
  readonly active: readonly string[];
  readonly onToggle: (value: string) => void;
}

export function nothingInRange(): string {
  return t('No viewing in this range. Choose a longer one, or remove a filter.');
}
