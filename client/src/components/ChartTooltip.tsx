/** A chart's tooltip: every measure of the row under the pointer or the keyboard focus. */
import { format } from '../format';
import type { Column } from './DataTable';

interface ChartTooltipProps<Row> {
  readonly active?: boolean | undefined;
  readonly payload?: readonly { readonly payload?: unknown }[] | undefined;
  readonly title: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
}

export function ChartTooltip<Row extends object>({ active, payload, title, columns }: ChartTooltipProps<Row>) {
  const row = payload?.[0]?.payload as Row | undefined;
  if (!active || !row) return null;
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2 text-xs shadow-lg">
      <p className="mb-1 font-semibold">{title(row)}</p>
      <dl className="grid grid-cols-[auto_auto] gap-x-4 gap-y-0.5">
        {columns.map(({ field, label, unit }) => (
          <div key={field} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="text-end font-medium">{format(row[field] as number | null, unit)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
