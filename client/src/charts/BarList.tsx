/** Categories by one figure, the greatest first: a name over its bar, the figure, its change, and a press that filters. */
import type { ReactNode } from 'react';
import { Change } from '../components/Change';
import { Figure } from '../components/Figure';
import type { Unit } from '../format';
import { t } from '../i18n/i18n';
import { greatestOf, strength } from './scale';

export interface BarRow {
  readonly key: string;
  readonly name: ReactNode;
  readonly value: number | null;
  /** Since the comparison; undefined without one. */
  readonly change?: number | null | undefined;
  /** Whether it stands for no one value: nothing can be filtered by it, and a bar of all others would dwarf each. */
  readonly isRest?: boolean | undefined;
}

interface BarListProps {
  readonly label: string;
  readonly rows: readonly BarRow[];
  readonly field: string;
  readonly unit: Unit;
  readonly color?: string;
  readonly active?: readonly string[];
  readonly onChoose?: ((key: string) => void) | undefined;
}

export function BarList({ label, rows, field, unit, color = 'var(--bar)', active = [], onChoose }: BarListProps) {
  const greatest = greatestOf(rows, ({ value, isRest }) => (isRest ? 0 : value));
  return (
    <ul aria-label={label} className="flex flex-col gap-1 text-sm">
      {rows.map(({ key, name, value, change, isRest }) => (
        <li key={key} className="flex items-center gap-3">
          <div className="relative min-w-0 grow rounded-md">
            <div
              aria-hidden
              className="absolute inset-y-0 start-0 rounded-md transition-[width] duration-200"
              style={{ background: color, width: `${100 * (isRest ? 0 : strength(value, greatest))}%` }}
            />
            <BarName name={name} isActive={active.includes(key)} onChoose={isRest ? undefined : onChoose && (() => { onChoose(key); })} />
          </div>
          <Figure className="shrink-0 font-medium tabular-nums" field={field} value={value} unit={unit} />
          {change !== undefined && (
            <span className="w-18 shrink-0 text-end @max-xs:hidden">
              <Change field={`change.${field}`} value={change} size="small" />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

interface BarNameProps {
  readonly name: ReactNode;
  readonly isActive: boolean;
  readonly onChoose: (() => void) | undefined;
}

function BarName({ name, isActive, onChoose }: BarNameProps) {
  const look = 'relative flex h-8 w-full min-w-0 items-center gap-2 px-2 text-start';
  if (!onChoose) return <div className={look}>{name}</div>;
  return (
    <button
      type="button"
      aria-pressed={isActive}
      title={isActive ? t('Remove this filter') : t('Show only this')}
      className={`${look} cursor-pointer rounded-md hover:underline underline-offset-4 aria-pressed:font-semibold aria-pressed:ring-2 aria-pressed:ring-accent aria-pressed:ring-inset`}
      onClick={onChoose}
    >
      {name}
    </button>
  );
}
