/** Viewing by time of day: one bar in four parts, and a legend. */
import { format } from '../format';
import { t } from '../i18n/i18n';
import { DAYPARTS, type Dayparts } from '../panels/patternRows';
import { Figure } from './Figure';

export function DaypartBar({ dayparts }: { readonly dayparts: Dayparts }) {
  return (
    <div aria-hidden className="flex h-2.5 w-full gap-px overflow-hidden rounded-full bg-raised">
      {DAYPARTS.map(({ field, label, color }) => (
        <div
          key={field}
          title={`${label()}: ${format(dayparts[field], 'fraction')}`}
          style={{ background: color, flex: `${dayparts[field] ?? 0} 0 0` }}
        />
      ))}
    </div>
  );
}

/** Explains the colours. For a single bar it also shows the shares. */
export function DaypartLegend({ dayparts }: { readonly dayparts?: Dayparts }) {
  return (
    <ul aria-label={t('Times of day')} className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {DAYPARTS.map(({ field, label, hours, color }) => (
        <li key={field} className="inline-flex items-center gap-1.5">
          <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: color }} />
          {label()}
          {dayparts ? (
            <Figure className="font-medium" field={field} value={dayparts[field]} unit="fraction" />
          ) : (
            <span className="text-muted">{hours()}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
