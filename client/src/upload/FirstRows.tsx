/** The first rows of a file: above each column what it becomes, and in red the cells that can't be read, with the reason. */
import { Select } from '../components/Select';
import { t } from '../i18n/i18n';
import { type ProfileDocument, targetOf, withTarget, withUnit } from './profile';
import type { ContractColumn, Inspection } from './requests';

interface FirstRowsProps {
  readonly inspection: Inspection;
  readonly columns: readonly ContractColumn[];
  /** With `propose`, what the profile leaves open about the cells is proposed. */
  readonly onProfile: (profile: ProfileDocument, propose: boolean) => void;
}

export function FirstRows({ inspection, columns, onProfile }: FirstRowsProps) {
  const badRows = new Set(inspection.problems.map(({ row }) => row));
  const reasons = new Map(inspection.problems.map(({ row, column, sentence }) => [`${row} ${column}`, sentence]));
  return (
    <div role="region" aria-label={t('The first rows')} tabIndex={0} className="relative max-h-112 overflow-auto rounded-lg border border-line">
      <table className="w-full border-collapse text-xs" data-testid="first-rows">
        <caption className="sr-only">{t('The first rows')}</caption>
        <thead className="sticky top-0 bg-surface">
          <tr className="border-b border-line align-top">
            <th scope="col" className="px-3 py-2 text-start font-medium text-muted">{t('Row')}</th>
            {inspection.columns.map((name) => (
              <ColumnHead key={name} name={name} inspection={inspection} columns={columns} onProfile={onProfile} />
            ))}
          </tr>
        </thead>
        <tbody>
          {inspection.rows.map(({ row, cells }) => (
            <tr key={row} data-row={row} className="border-b border-line align-top last:border-0">
              <th scope="row" className={`px-3 py-1.5 text-start ${badRows.has(row) ? 'font-medium text-bad' : 'font-normal text-muted'}`}>{row}</th>
              {inspection.columns.map((name) => (
                <Cell key={name} text={cells[name] ?? ''} reason={reasons.get(`${row} ${name}`)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ColumnHeadProps extends FirstRowsProps {
  readonly name: string;
}

function ColumnHead({ name, inspection: { profile }, columns, onProfile }: ColumnHeadProps) {
  const names = columns.map((column) => column.name);
  const target = targetOf(profile, name, names);
  const units = columns.find((column) => column.name === target)?.units ?? [];
  return (
    <th scope="col" className="min-w-40 px-3 py-2 text-start font-normal">
      <span className="mb-1 block font-mono font-medium wrap-anywhere">{name}</span>
      <Select label={t('What {column} becomes', { column: name })} all={t('No column')} value={target} onChange={(chosen) => { onProfile(withTarget(profile, name, chosen, names), true); }}>
        {columns.map((column) => (
          <option key={column.name} value={column.name} title={column.expected}>{column.required ? `${column.name} *` : column.name}</option>
        ))}
      </Select>
      {units.length > 0 && (
        <span className="mt-1 block">
          <Select label={t('Unit of {column}', { column: name })} all={t('Usual unit')} value={profile.units?.[target] ?? ''} onChange={(unit) => { onProfile(withUnit(profile, target, unit), false); }}>
            {units.map((unit) => <option key={unit} value={unit}>{unit}</option>)}
          </Select>
        </span>
      )}
    </th>
  );
}

function Cell({ text, reason }: { readonly text: string; readonly reason: string | undefined }) {
  if (reason === undefined) return <td className="max-w-60 px-3 py-1.5 wrap-anywhere">{text}</td>;
  return (
    <td data-bad className="max-w-60 bg-bad-soft px-3 py-1.5 wrap-anywhere">
      <span className="font-medium text-bad">{text || t('empty')}</span>
      <span className="block text-pretty">{reason}</span>
    </td>
  );
}
