/** Picks the range: a preset that ends at the newest data, or two custom dates. */
import { useState } from 'react';
import { isDayRange } from '../calendar';
import { type Preset, PRESETS, type RangeChoice } from '../view/dashboardView';
import { SegmentedControl } from './SegmentedControl';

const LABELS: Record<Preset, string> = { P7D: '7 days', P30D: '30 days', P90D: '90 days', P12W: '12 weeks' };
const CUSTOM = 'custom';

const OPTIONS = [...PRESETS.map((value) => ({ value, label: LABELS[value] })), { value: CUSTOM, label: 'Custom' }] as const;

interface RangePickerProps {
  readonly range: RangeChoice;
  readonly onChange: (range: RangeChoice) => void;
}

export function RangePicker({ range, onChange }: RangePickerProps) {
  const [isCustom, setIsCustom] = useState(range.kind === 'days');
  const chosen = isCustom || range.kind === 'days' ? CUSTOM : range.duration;

  function choose(value: Preset | typeof CUSTOM) {
    setIsCustom(value === CUSTOM);
    if (value !== CUSTOM) onChange({ kind: 'preset', duration: value });
  }

  return (
    <div data-testid="range-picker" className="flex min-w-0 flex-wrap items-center gap-2">
      <SegmentedControl label="Range" options={OPTIONS} value={chosen} onChange={choose} />
      {chosen === CUSTOM && (
        // The key resets the fields when the range changes elsewhere, as with the back button.
        <DayFields key={range.kind === 'days' ? `${range.from}/${range.through}` : ''} range={range} onChange={onChange} />
      )}
    </div>
  );
}

function DayFields({ range, onChange }: RangePickerProps) {
  const [from, setFrom] = useState(range.kind === 'days' ? range.from : '');
  const [through, setThrough] = useState(range.kind === 'days' ? range.through : '');
  const areBackwards = from !== '' && through !== '' && from > through;

  function change(nextFrom: string, nextThrough: string) {
    setFrom(nextFrom);
    setThrough(nextThrough);
    if (isDayRange(nextFrom, nextThrough)) onChange({ kind: 'days', from: nextFrom, through: nextThrough });
  }

  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
      <input
        type="date"
        aria-label="First day"
        className="control"
        value={from}
        onChange={(event) => {
          change(event.target.value, through);
        }}
      />
      to
      <input
        type="date"
        aria-label="Last day"
        className="control"
        value={through}
        aria-invalid={areBackwards}
        onChange={(event) => {
          change(from, event.target.value);
        }}
      />
      {areBackwards && (
        <span role="alert" className="text-bad">
          The last day is before the first.
        </span>
      )}
    </div>
  );
}
