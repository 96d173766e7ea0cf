/** Shows an operation that has no panel of its own as a table of its fields. */
import { Panel } from '../components/Panel';
import { NO_VALUE, UNKNOWN } from '../format';
import { locale, t } from '../i18n/i18n';
import { DIMENSIONS } from '../model';
import type { OperationPanelProps } from '../panels/panelProps';
import { responseRows, totalOf, type Cell, type Row } from './responseRows';

interface ResponseTableProps extends OperationPanelProps<object> {
  readonly operation: string;
}

const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 });

export function ResponseTable({ operation, result, className }: ResponseTableProps) {
  return (
    <Panel
      testId="panel-response"
      title={operation.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')}
      note={partOf(result.data?.data)}
      className={className}
      result={result}
      select={responseRows}
      empty={t('No rows.')}
    >
      {(rows) => <Rows rows={rows} />}
    </Panel>
  );
}

/** `20 of 24 rows`, if the response is a page of a longer list. */
function partOf(data: unknown): string | undefined {
  const shown = responseRows(data).length;
  const total = totalOf(data);
  return total !== null && total > shown ? t('{shown} of {total} rows', { shown: plain.format(shown), total: plain.format(total) }) : undefined;
}

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  const fields = Object.keys(rows[0] ?? {});
  return (
    <div role="region" aria-label={t('Rows of the response')} tabIndex={0} className="min-h-0 grow overflow-auto">
      <table className="w-full text-sm whitespace-nowrap">
        <thead className="border-b border-line text-start text-xs text-muted">
          <tr>
            {fields.map((field) => (
              <th key={field} scope="col" className="px-2 py-2 text-start font-medium">
                {field}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-b border-line last:border-0">
              {fields.map((field) => (
                <td key={field} className="px-2 py-1.5" data-field={field} data-value={row[field] ?? ''}>
                  {formatCell(field, row[field] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Dimensions under other names: the two countries of an insight, and a user's age. */
const MORE_DIMENSIONS = ['home', 'other', 'age'];

/** Whether a field is a dimension, by the last part of its path (`movie.genre`). All others are figures. */
function isDimension(field: string): boolean {
  const name = field.slice(field.lastIndexOf('.') + 1);
  return name in DIMENSIONS || MORE_DIMENSIONS.includes(name);
}

function formatCell(field: string, cell: Cell): string {
  if (cell === null) return isDimension(field) ? t(UNKNOWN) : NO_VALUE;
  return typeof cell === 'number' ? plain.format(cell) : String(cell);
}
