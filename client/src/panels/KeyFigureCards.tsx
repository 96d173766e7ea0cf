/** The key figures of a range as a row of cards; each that has a course over days can be pressed. */
import { Change } from '../components/Change';
import { Figure } from '../components/Figure';
import type { OverviewQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';

export type ChartedMeasure = 'views' | 'viewers' | 'watchHours' | 'completionRate';
type Figures = OverviewQuery['dashboard'];
type FigureName = 'viewers' | 'views' | 'watchHours' | 'completionRate' | 'averageRating';

const CARDS: readonly { readonly field: FigureName; readonly charted: ChartedMeasure | null }[] = [
  { field: 'views', charted: 'views' },
  { field: 'viewers', charted: 'viewers' },
  { field: 'watchHours', charted: 'watchHours' },
  { field: 'completionRate', charted: 'completionRate' },
  { field: 'averageRating', charted: null },
];

interface KeyFigureCardsProps {
  readonly figures: Figures;
  readonly chosen: ChartedMeasure;
  readonly onChoose: (measure: ChartedMeasure) => void;
}

export function KeyFigureCards({ figures, chosen, onChoose }: KeyFigureCardsProps) {
  return (
    <div role="group" aria-label={t('Key figures')} className="grid w-full grid-cols-2 gap-2 @2xl:grid-cols-5">
      {CARDS.map(({ field, charted }) => {
        const content = <Card figures={figures} field={field} />;
        const look = 'flex min-w-0 flex-col gap-0.5 rounded-lg border p-3 text-start';
        return charted ? (
          <button
            key={field}
            type="button"
            data-testid={`card-${field}`}
            aria-pressed={charted === chosen}
            className={`${look} border-transparent transition-colors hover:bg-raised aria-pressed:border-line aria-pressed:bg-raised`}
            onClick={() => { onChoose(charted); }}
          >
            {content}
          </button>
        ) : (
          <div key={field} data-testid={`card-${field}`} className={`${look} border-transparent`}>{content}</div>
        );
      })}
    </div>
  );
}

function Card({ figures, field }: { readonly figures: Figures; readonly field: FigureName }) {
  return (
    <>
      <span className="truncate text-sm text-muted">{measureLabel(field)}</span>
      <Figure className="text-xl font-semibold tracking-tight @4xl:text-2xl" field={field} value={figures[field]} unit={UNITS[field]} />
      <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
        {figures.change && <Change field={`change.${field}`} value={figures.change[field]} size="small" />}
        <span>
        {field === 'viewers' ? (
          <>
            {t('of')} <Figure field="users" value={figures.users} unit="count" /> {t('registered')}
          </>
        ) : (
          figures.previous && (
            <>
              <Figure field={`previous.${field}`} value={figures.previous[field]} unit={UNITS[field]} /> {t('before')}
            </>
          )
        )}
        </span>
      </span>
    </>
  );
}

const UNITS = { views: 'count', viewers: 'count', watchHours: 'hours', completionRate: 'fraction', averageRating: 'stars' } as const;
