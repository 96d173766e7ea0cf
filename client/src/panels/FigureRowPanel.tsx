/** A row of key figures, each with its change since the comparison. */
import { RequestError } from '../api/errors';
import { readField } from '../api/fieldErrors';
import { Change } from '../components/Change';
import { Figure } from '../components/Figure';
import { ErrorNotice } from '../components/Notice';
import { stateOf } from '../components/Panel';
import type { Unit } from '../format';
import type { OperationResult } from '../hooks/useOperation';
import { t } from '../i18n/i18n';

export interface KeyFigure {
  readonly field: string;
  readonly label: string;
  readonly value: number | null | undefined;
  readonly unit: Unit;
  readonly previous?: number | null | undefined;
  /** Undefined without a comparison. */
  readonly change?: number | null | undefined;
}

interface FigureRowPanelProps<TQuery> {
  readonly label: string;
  readonly result: OperationResult<TQuery>;
  readonly figures: (data: TQuery) => readonly KeyFigure[];
}

export function FigureRowPanel<TQuery>({ label, result, figures }: FigureRowPanelProps<TQuery>) {
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  const shown = readField(() => (result.data ? figures(result.data.data) : []));
  if (shown instanceof RequestError) return <ErrorNotice error={shown} onRetry={() => void result.refetch()} />;
  return (
    <section
      aria-label={label}
      aria-busy={result.isFetching}
      data-state={stateOf(result)}
      className={`@container card relative min-h-26 p-1.5 transition-opacity ${result.isPlaceholderData ? 'opacity-90 saturate-[.1]' : ''}`}
    >
      {result.isFetching && <div className="progress-line" />}
      <dl className="grid grid-cols-2 @xl:grid-flow-col @xl:auto-cols-fr @xl:grid-cols-none">
        {shown.map(({ field, label: name, value, unit, previous, change }) => (
          <div key={field} data-testid={`card-${field}`} className="flex min-w-0 flex-col gap-0.5 p-3">
            <dt className="truncate text-sm text-muted">{name}</dt>
            <dd>
              <Figure className="text-xl font-semibold tracking-tight" field={field} value={value} unit={unit} />
            </dd>
            {change !== undefined && (
              <dd className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
                <Change field={`change.${field}`} value={change} size="small" />
                <span>
                  <Figure field={`previous.${field}`} value={previous} unit={unit} /> {t('before')}
                </span>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </section>
  );
}
