/** Range, comparison, time zone and filters of a page, kept in its address. */
import { X } from 'lucide-react';
import { formatValue } from '../format';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { CompareMenu } from '../menus/CompareMenu';
import { FilterMenu } from '../menus/FilterMenu';
import { RangeMenu } from '../menus/RangeMenu';
import { ZoneMenu } from '../menus/ZoneMenu';
import { useView } from '../view/useView';
import { type FilterName, FILTERS, toggled } from '../view/view';

export function ViewBar() {
  const { view, change } = useView();
  return (
    <div data-screen-only className="flex min-w-0 flex-wrap items-center gap-2">
      <RangeMenu range={view.range} onChange={(range) => { change({ range }); }} />
      <CompareMenu compareTo={view.compareTo} onChange={(compareTo) => { change({ compareTo }); }} />
      <ZoneMenu timeZone={view.timeZone} onChange={(timeZone) => { change({ timeZone }); }} />
      <FilterMenu filters={view.filters} onChange={(filters) => { change({ filters }); }} />
    </div>
  );
}

/** The active filters, each value with a button that removes it. */
export function ActiveFilters() {
  const { view, change } = useView();
  const active = FILTERS.flatMap((name) => (view.filters[name] ?? []).map((value) => ({ name, value })));
  if (active.length === 0) return null;
  const remove = (name: FilterName, value: string) => {
    change({ filters: toggled(view.filters, name, value) });
  };
  return (
    <ul aria-label={t('Filters')} className="flex flex-wrap items-center gap-2">
      {active.map(({ name, value }) => {
        const label = `${dimensionLabel(name)}: ${formatValue(name, value)}`;
        return (
          <li key={label}>
            <button
              type="button"
              aria-label={t('Remove the filter {label}', { label })}
              className="inline-flex h-7 items-center gap-1.5 rounded-full bg-accent-soft ps-3 pe-2 text-sm font-medium text-accent hover:underline"
              onClick={() => { remove(name, value); }}
            >
              {label}
              <X className="size-3.5" aria-hidden />
            </button>
          </li>
        );
      })}
      <li>
        <button type="button" className="px-1 text-sm text-muted hover:text-ink hover:underline" onClick={() => { change({ filters: {} }); }}>
          {t('Clear all')}
        </button>
      </li>
    </ul>
  );
}
