/** What became of a file that was loaded: how many rows, and which are kept aside for which reason. */
import { CircleCheck } from 'lucide-react';
import { Figure } from '../components/Figure';
import { t } from '../i18n/i18n';
import type { Outcome, Receipt } from './requests';

const SHOWN_REJECTS = 10;

interface UploadResultProps {
  readonly table: string;
  readonly receipt: Receipt;
  readonly outcome: Outcome | null;
  readonly onAgain: () => void;
}

export function UploadResult({ table, receipt, outcome, onAgain }: UploadResultProps) {
  const load = outcome?.load;
  const reasons = Object.entries(outcome?.reasons ?? receipt.reasons);
  const counts: readonly (readonly [string, string, number])[] = load
    ? [['accepted', t('Accepted'), load.accepted], ['duplicates', t('Known already'), load.duplicates], ['quarantined', t('Kept aside'), load.quarantined]]
    : [['taken', t('Taken'), receipt.taken], ['malformed', t('Kept aside'), receipt.malformed]];
  return (
    <div className="flex min-w-0 flex-col gap-4 text-sm" data-testid="upload-result">
      <p role="status" className="flex items-start gap-2 font-medium">
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
        <span>
          <Figure field="rows" value={receipt.rows} unit="count" /> {t('rows were sent to {table}.', { table })}
          {load && ` ${t('It is load {load}.', { load: load.load_id })}`}
        </span>
      </p>
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        {counts.map(([field, label, value]) => (
          <div key={field}>
            <dt className="text-xs text-muted">{label}</dt>
            <dd className="text-lg font-semibold"><Figure field={field} value={value} unit="count" /></dd>
          </div>
        ))}
      </dl>
      {reasons.length > 0 && (
        <ul aria-label={t('Kept aside, by reason')} className="flex flex-wrap gap-2 text-xs">
          {reasons.map(([reason, rows]) => (
            <li key={reason} className="rounded bg-raised px-2 py-1"><code className="font-mono">{reason}</code> <Figure field={reason} value={rows} unit="count" /></li>
          ))}
        </ul>
      )}
      {outcome && outcome.rejects.length > 0 && (
        <ul aria-label={t('The first rows that were kept aside')} className="flex flex-col gap-1 text-xs">
          {outcome.rejects.slice(0, SHOWN_REJECTS).map(({ row, reason, explanation }) => (
            <li key={row} className="wrap-anywhere"><span className="text-bad">{t('Row {row}', { row })}</span>: {explanation || reason}</li>
          ))}
        </ul>
      )}
      <button type="button" className="control self-start" onClick={onAgain}>{t('Load another file')}</button>
    </div>
  );
}
