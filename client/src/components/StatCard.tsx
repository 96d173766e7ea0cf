/** A headline figure, its change since the previous period, and room for one more line. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { MEASURES, type MeasureName } from '../model';
import { Change } from './Change';
import { Figure } from './Figure';

interface StatCardProps {
  readonly testId: string;
  /** Gives the card its label and unit. */
  readonly measure: MeasureName;
  readonly Icon: LucideIcon;
  /** The API's name for the figure. */
  readonly field: string;
  readonly value: number | null;
  /** Since the previous period. Undefined hides it. */
  readonly change?: number | null | undefined;
  readonly children?: ReactNode;
}

export function StatCard({ testId, measure, Icon, field, value, change, children }: StatCardProps) {
  const { label, unit } = MEASURES[measure];
  return (
    <article
      aria-label={label}
      data-testid={testId}
      className="relative flex min-w-0 flex-col gap-2 overflow-hidden rounded-xl border border-line bg-surface p-4 sm:p-5"
    >
      <h2 className="flex items-center gap-2 text-sm text-muted">
        <Icon className="size-4" aria-hidden />
        {label}
      </h2>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <Figure className="text-3xl font-semibold tracking-tight" field={field} value={value} unit={unit} />
        {change !== undefined && <Change field={`change.${field}`} value={change} />}
      </p>
      <div className="mt-auto min-h-5 text-xs text-muted">{children}</div>
    </article>
  );
}
