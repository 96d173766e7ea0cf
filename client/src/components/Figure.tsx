/** One figure: formatted for people, and raw in `data-value` for tests that compare it with the database. */
import { format, formatShort, plural, type Unit } from '../format';
import { MEASURES, type MeasureName } from '../model';

/** A measure takes its unit from the model; any other figure names one. */
type FieldProps = { readonly field: MeasureName; readonly unit?: never } | { readonly field: string; readonly unit: Unit };

export type FigureProps = FieldProps & {
  readonly value: number | null | undefined;
  readonly short?: boolean;
  /** What is counted, in the singular: `1 row`, `2 rows`. */
  readonly noun?: string;
  readonly className?: string;
};

export function Figure({ field, unit, value, short = false, noun, className }: FigureProps) {
  const shownUnit = unit ?? MEASURES[field].unit;
  const full = format(value, shownUnit);
  return (
    <>
      <span className={className} data-field={field} data-value={value ?? ''} title={short ? full : undefined}>
        {short ? formatShort(value, shownUnit) : full}
      </span>
      {noun && ` ${plural(value ?? 0, noun)}`}
    </>
  );
}
