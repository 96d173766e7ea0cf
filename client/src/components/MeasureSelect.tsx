/** Which measure a panel shows. */
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import type { MeasureName } from '../model';

interface MeasureSelectProps<Name extends MeasureName> {
  readonly measures: readonly Name[];
  readonly value: Name;
  readonly onChange: (measure: Name) => void;
  /** The panel's title. */
  readonly title: string;
}

export function MeasureSelect<Name extends MeasureName>({ measures, value, onChange, title }: MeasureSelectProps<Name>) {
  return (
    <select
      aria-label={t('Measure of {title}', { title })}
      className="h-8 max-w-40 min-w-0 field-sizing-content rounded-lg bg-transparent px-1.5 text-sm text-muted hover:bg-raised hover:text-ink [&>option]:bg-surface"
      value={value}
      onChange={(event) => {
        const chosen = measures.find((measure) => measure === event.target.value);
        if (chosen) onChange(chosen);
      }}
    >
      {measures.map((measure) => (
        <option key={measure} value={measure}>
          {measureLabel(measure)}
        </option>
      ))}
    </select>
  );
}
