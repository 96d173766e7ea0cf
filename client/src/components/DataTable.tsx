/** A chart's figures as a table, for screen readers and for anyone who prefers numbers. */
import type { ReactNode } from 'react';
import type { Unit } from '../format';
import { Figure } from './Figure';

export interface Column<Row> {
  readonly field: keyof Row & string;
  readonly label: string;
  /** A shorter label for a narrow column. */
  readonly heading?: string;
  readonly unit: Unit;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly rows: readonly Row[];
  /** The first column, which names the row. */
  readonly heading: { readonly label: string; readonly key: (row: Row) => string | number; readonly text: (row: Row) => ReactNode };
  readonly columns: readonly Column<Row>[];
}

export function DataTable<Row extends object>({ caption, rows, heading, columns }: DataTableProps<Row>) {
  return (
    <table className="w-full text-sm @max-md:text-xs">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b border-line text-xs text-muted">
          <th scope="col" className="py-2 text-start font-medium">
            {heading.label}
          </th>
          {columns.map(({ field, label, heading: short }) => (
            <th key={field} scope="col" className="py-2 ps-2 text-end sm:ps-3 font-medium">
              {short ?? label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={heading.key(row)} data-row={heading.key(row)} className="border-b border-line last:border-0">
            <th scope="row" className="py-1.5 text-start font-normal whitespace-nowrap">
              {heading.text(row)}
            </th>
            {columns.map(({ field, unit }) => (
              <td key={field} className="py-1.5 ps-2 text-end sm:ps-3">
                <Figure field={field} value={row[field] as number | null} unit={unit} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
