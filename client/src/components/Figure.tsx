/** One figure: formatted for people, raw in `data-value` for whoever checks it against the database. */
import { format, formatShort, type Unit } from '../format';

interface FigureProps {
  readonly field: string;
  readonly value: number | null | undefined;
  readonly unit: Unit;
  readonly short?: boolean;
  readonly className?: string;
}

export function Figure({ field, value, unit, short = false, className }: FigureProps) {
  const full = format(value, unit);
  return (
    <span className={className} data-field={field} data-value={value ?? ''} title={short ? full : undefined}>
      {short ? formatShort(value, unit) : full}
    </span>
  );
}
