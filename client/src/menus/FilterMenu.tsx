/** Adds filters: pick a dimension, then any number of its values, looked up in the data of the range. */
import { ChevronLeft, ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useFilterValues } from '../hooks/useFilterValues';
import { formatValue } from '../format';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { type FilterName, FILTERS, type Filters, toggled } from '../view/view';
import { Popover } from './Popover';

interface FilterMenuProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

export function FilterMenu({ filters, onChange }: FilterMenuProps) {
  return (
    <Popover
      label={t('Add a filter')}
      testId="filter-menu"
      isWide
      button={
        <>
          <ListFilter className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="truncate">{t('Filter')}</span>
        </>
      }
    >
      {() => <FilterChooser filters={filters} onChange={onChange} />}
    </Popover>
  );
}

function FilterChooser({ filters, onChange }: FilterMenuProps) {
  const [name, setName] = useState<FilterName | null>(null);
  if (name) {
    return (
      <>
        <button type="button" className="menu-item text-muted" onClick={() => { setName(null); }}>
          <ChevronLeft className="size-4" aria-hidden />
          {dimensionLabel(name)}
        </button>
        <FilterValues name={name} chosen={filters[name] ?? []} onToggle={(value) => { onChange(toggled(filters, name, value)); }} />
      </>
    );
  }
  return FILTERS.map((one) => (
    <button key={one} type="button" className="menu-item justify-between" onClick={() => { setName(one); }}>
      {dimensionLabel(one)}
      {filters[one]?.length ? <span className="text-xs text-muted">{filters[one].length}</span> : null}
    </button>
  ));
}

interface FilterValuesProps {
  readonly name: FilterName;
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
}

function FilterValues({ name, chosen, onToggle }: FilterValuesProps) {
  const [text, setText] = useState('');
  const values = useFilterValues(name);
  const found = values?.filter((value) => formatValue(name, value).toLowerCase().includes(text.toLowerCase()));
  return (
    <>
      <input
        type="search"
        aria-label={t('Find a value')}
        placeholder={t('Find a value')}
        className="control my-1 w-full"
        value={text}
        onChange={(event) => { setText(event.target.value); }}
      />
      {found === undefined && <p role="status" className="p-2.5 text-xs text-muted">{t('Loading values')}</p>}
      {found?.length === 0 && <p className="p-2.5 text-xs text-muted">{t('No value matches.')}</p>}
      {found?.map((value) => (
        <label key={value} className="menu-item cursor-pointer">
          <input type="checkbox" className="size-4 accent-accent" checked={chosen.includes(value)} onChange={() => { onToggle(value); }} />
          <span className="truncate">{formatValue(name, value)}</span>
        </label>
      ))}
    </>
  );
}
