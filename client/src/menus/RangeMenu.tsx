/** Picks the range: the last days of the data, calendar time, or two custom days. */
import { CalendarDays, Check } from 'lucide-react';
import { useState } from 'react';
import { isDayRange } from '../calendar';
import { formatDay } from '../format';
import { t } from '../i18n/i18n';
import type { RangeChoice } from '../view/view';
import { Popover } from './Popover';

interface RangeMenuProps {
  readonly range: RangeChoice;
  readonly onChange: (range: RangeChoice) => void;
}

function presets(): readonly { readonly label: string; readonly range: RangeChoice }[] {
  return [
    { label: t('Today'), range: { kind: 'last', duration: 'P1D' } },
    { label: t('Yesterday'), range: { kind: 'calendar', name: 'yesterday' } },
    { label: t('Last 7 days'), range: { kind: 'last', duration: 'P7D' } },
    { label: t('Last 28 days'), range: { kind: 'last', duration: 'P28D' } },
    { label: t('Last 90 days'), range: { kind: 'last', duration: 'P90D' } },
    { label: t('This month'), range: { kind: 'calendar', name: 'this-month' } },
    { label: t('Last month'), range: { kind: 'calendar', name: 'last-month' } },
    { label: t('This year'), range: { kind: 'calendar', name: 'this-year' } },
  ];
}

export function RangeMenu({ range, onChange }: RangeMenuProps) {
  return (
    <Popover
      label={t('Range')}
      testId="range-menu"
      button={
        <>
          <CalendarDays className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="truncate">{rangeLabel(range)}</span>
        </>
      }
    >
      {(close) => (
        <>
          {presets().map((preset) => (
            <button
              key={preset.label}
              type="button"
              className="menu-item justify-between"
              aria-pressed={isSame(preset.range, range)}
              onClick={() => {
                onChange(preset.range);
                close();
              }}
            >
              {preset.label}
              {isSame(preset.range, range) && <Check className="size-4" aria-hidden />}
            </button>
          ))}
          <CustomDays range={range} onChange={onChange} />
        </>
      )}
    </Popover>
  );
}

function CustomDays({ range, onChange }: RangeMenuProps) {
  const [from, setFrom] = useState(range.kind === 'days' ? range.from : '');
  const [through, setThrough] = useState(range.kind === 'days' ? range.through : '');
  const areBackwards = from !== '' && through !== '' && from > through;

  function change(nextFrom: string, nextThrough: string) {
    setFrom(nextFrom);
    setThrough(nextThrough);
    if (isDayRange(nextFrom, nextThrough)) onChange({ kind: 'days', from: nextFrom, through: nextThrough });
  }

  return (
    <fieldset className="mt-1.5 flex flex-col gap-1.5 border-t border-line px-2.5 pt-2 pb-1 text-xs whitespace-nowrap text-muted">
      <legend className="sr-only">{t('Custom days')}</legend>
      <label className="flex items-center justify-between gap-3">
        {t('First day')}
        <input type="date" className="control" value={from} onChange={(event) => { change(event.target.value, through); }} />
      </label>
      <label className="flex items-center justify-between gap-3">
        {t('Last day')}
        <input type="date" className="control" aria-invalid={areBackwards} value={through} onChange={(event) => { change(from, event.target.value); }} />
      </label>
      {areBackwards && <p role="alert" className="text-bad">{t('The last day is before the first.')}</p>}
    </fieldset>
  );
}

/** The range in words. */
export function rangeLabel(range: RangeChoice): string {
  if (range.kind === 'days') return `${formatDay(range.from, 'axis')} – ${formatDay(range.through, 'axis')}`;
  return presets().find((preset) => isSame(preset.range, range))?.label ?? '';
}

function isSame(one: RangeChoice, other: RangeChoice): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
