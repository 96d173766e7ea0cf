/** The first rows of a file: above each column what it becomes, and in red the cells that can't be read, with the reason. In
 *  text files these are fields, in which they are corrected. */
import { Undo2 } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { Select } from '../components/Select';
import { t } from '../i18n/i18n';
import { type Corrections, isCorrectable } from './corrections';
import { type ProfileDocument, targetOf, withTarget, withUnit } from './profile';
import type { ContractColumn, Inspection } from './requests';

interface FirstRowsProps {
  readonly inspection: Inspection;
  readonly columns: readonly ContractColumn[];
  readonly corrections: Corrections;
  /** With `propose`, what the profile leaves open about the cells is proposed. */
  readonly onProfile: (profile: ProfileDocument, propose: boolean) => void;
  readonly onCorrect: (row: number, column: string, text: string | null) => void;
}

export function FirstRows({ inspection, columns, corrections, onProfile, onCorrect }: FirstRowsProps) {
  const badRows = new Set(inspection.problems.map(({ row }) => row));
  const reasons = new Map(inspection.problems.map(({ row, column, sentence }) => [`${row} ${column}`, sentence]));
  const mayCorrect = isCorrectable(inspection.format);
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
              {inspection.columns.map((name) => {
                const text = cells[name] ?? '';
                const reason = reasons.get(`${row} ${name}`);
                const corrected = corrections[row]?.[name];
                if (!mayCorrect || (reason === undefined && corrected === undefined)) return <Cell key={name} text={text} reason={reason} />;
                return <OpenCell key={name} label={t('{column} of row {row}', { column: name, row })} text={text} corrected={corrected} reason={reason} onCorrect={(next) => { onCorrect(row, name, next); }} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ColumnHeadProps extends Pick<FirstRowsProps, 'inspection' | 'columns' | 'onProfile'> {
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

interface OpenCellProps {
  readonly label: string;
  /** What the file has. */
  readonly text: string;
  readonly corrected: string | undefined;
  readonly reason: string | undefined;
  readonly onCorrect: (text: string | null) => void;
}

/** A cell that is wrong or was, as a field: what is typed there counts once the field is left, or on Enter. */
function OpenCell({ label, text, corrected, reason, onCorrect }: OpenCellProps) {
  const [draft, setDraft] = useState(corrected ?? text);
  const note = useId();

  function commit() {
    if (draft !== (corrected ?? text)) onCorrect(draft === text ? null : draft);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') commit();
    if (event.key === 'Escape') setDraft(corrected ?? text);
  }

  return (
    <td {...(reason === undefined ? { 'data-corrected': true } : { 'data-bad': true })} className={`max-w-60 px-3 py-1.5 wrap-anywhere ${reason === undefined ? '' : 'bg-bad-soft'}`}>
      <span className="flex items-center gap-1">
        <input
          type="text"
          aria-label={label}
          aria-invalid={reason !== undefined}
          aria-describedby={note}
          placeholder={t('empty')}
          value={draft}
          onChange={(event) => { setDraft(event.target.value); }}
          onBlur={commit}
          onKeyDown={onKeyDown}
          className={`control min-w-24 flex-1 font-medium ${reason === undefined ? '' : 'text-bad'}`}
        />
        {corrected !== undefined && (
          <button type="button" className="icon-button" aria-label={t('Take back {cell}', { cell: label })} title={t('Take back {cell}', { cell: label })} onClick={() => { setDraft(text); onCorrect(null); }}>
            <Undo2 className="size-4" aria-hidden />
          </button>
        )}
      </span>
      <span id={note} className="block text-pretty">{reason ?? t('in the file: {text}', { text: text || t('empty') })}</span>
    </td>
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
