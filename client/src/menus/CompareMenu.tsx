/** Picks what the range is compared with. */
import { Check, GitCompareArrows } from 'lucide-react';
import type { Comparison } from '../generated/operations';
import { t } from '../i18n/i18n';
import { Popover } from './Popover';

interface CompareMenuProps {
  readonly compareTo: Comparison | null;
  readonly onChange: (compareTo: Comparison | null) => void;
}

function choices(): readonly { readonly value: Comparison | null; readonly label: string; readonly short: string }[] {
  return [
    { value: 'PREVIOUS_PERIOD', label: t('The period before'), short: t('vs. period before') },
    { value: 'PREVIOUS_YEAR', label: t('The year before'), short: t('vs. year before') },
    { value: null, label: t('Nothing'), short: t('No comparison') },
  ];
}

export function CompareMenu({ compareTo, onChange }: CompareMenuProps) {
  return (
    <Popover
      label={t('Compare with')}
      testId="compare-menu"
      button={
        <>
          <GitCompareArrows className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="truncate">{comparisonLabel(compareTo)}</span>
        </>
      }
    >
      {(close) =>
        choices().map(({ value, label }) => (
          <button
            key={label}
            type="button"
            className="menu-item justify-between"
            aria-pressed={value === compareTo}
            onClick={() => {
              onChange(value);
              close();
            }}
          >
            {label}
            {value === compareTo && <Check className="size-4" aria-hidden />}
          </button>
        ))
      }
    </Popover>
  );
}

/** The comparison in short words. */
export function comparisonLabel(compareTo: Comparison | null): string {
  return choices().find(({ value }) => value === compareTo)?.short ?? '';
}
