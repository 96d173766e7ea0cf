/** A file that was inspected: what it would become, what can be changed, and the buttons that load it. */
import { Download, Upload as UploadIcon, X } from 'lucide-react';
import { Figure } from '../components/Figure';
import { ProgressBar } from '../components/ProgressBar';
import { t } from '../i18n/i18n';
import { saveBlob } from '../menus/download';
import { isCorrectable } from './corrections';
import { FileChoices } from './FileChoices';
import { profileNameOf, shellWord } from './fileKind';
import { FirstRows } from './FirstRows';
import type { Contract, Inspection } from './requests';
import type { Upload, UploadActions } from './useUpload';

const SHOWN_PROBLEMS = 5;

interface InspectedFileProps {
  readonly file: File;
  readonly inspection: Inspection;
  readonly contract: Contract;
  readonly upload: Upload;
  readonly actions: UploadActions;
}

export function InspectedFile({ file, inspection, contract, upload, actions }: InspectedFileProps) {
  const { table } = inspection;
  const isSending = upload.sent !== null;
  return (
    <div className="flex min-w-0 flex-col gap-4" aria-busy={upload.isInspecting}>
      {upload.isInspecting && <div className="progress-line" />}
      <fieldset disabled={isSending} className={`flex min-w-0 flex-col gap-4 ${upload.isInspecting ? 'opacity-90 saturate-[.1]' : ''}`}>
        <legend className="sr-only">{t('How the file is read')}</legend>
        <FileChoices file={file} inspection={inspection} tables={Object.keys(contract.tables)} onInspect={actions.inspect} />
        <Verdict inspection={inspection} />
        <FirstRows
          inspection={inspection}
          columns={contract.tables[table] ?? []}
          corrections={upload.corrections}
          onProfile={(profile, propose) => { actions.inspect({ table, profile, propose }); }}
          onCorrect={actions.correct}
        />
        {inspection.more_columns > 0 && <p className="text-xs text-muted">{t('{n} more columns are not shown.', { n: inspection.more_columns })}</p>}
        <Elsewhere inspection={inspection} />
      </fieldset>
      {isSending ? <Sending sent={upload.sent} onCancel={actions.cancel} /> : <Actions file={file} upload={upload} inspection={inspection} actions={actions} />}
    </div>
  );
}

/** What would become of the first rows. */
function Verdict({ inspection: { table, format, missing, refused, good_rows, bad_rows, profile } }: { readonly inspection: Inspection }) {
  if (missing.length > 0 || refused) {
    return (
      <p role="status" data-testid="verdict" className="rounded-lg bg-bad-soft p-3 text-sm text-pretty">
        {refused || t('{table} needs {columns}. Choose above the rows which columns of the file hold that.', { table, columns: missing.join(', ') })}
      </p>
    );
  }
  const made = profile.ids?.id;
  return (
    <p role="status" data-testid="verdict" className="text-sm text-pretty">
      {t('Of the first rows')} <Figure field="good-rows" value={good_rows} unit="count" className="font-medium" /> {t('can be loaded and')}{' '}
      <Figure field="bad-rows" value={bad_rows} unit="count" className={bad_rows > 0 ? 'font-medium text-bad' : 'font-medium'} /> {t('can’t; these are kept aside with their reason.')}
      {bad_rows > 0 && isCorrectable(format) && ` ${t('Correct the red cells below, and their rows load too. Your file stays as it is.')}`}
      {made && ` ${t('Each row gets an id, made of {columns}.', { columns: made.join(', ') })}`}
    </p>
  );
}

/** Problems of no cell that is shown: rows with too few cells, and cells that are not among the first rows. */
function Elsewhere({ inspection: { problems, rows, columns } }: { readonly inspection: Inspection }) {
  const shown = new Set(rows.map(({ row }) => row));
  const others = problems.filter(({ row, column }) => !shown.has(row) || !columns.includes(column));
  if (others.length === 0) return null;
  return (
    <ul aria-label={t('Other rows that can’t be loaded')} className="flex flex-col gap-1 text-xs">
      {others.slice(0, SHOWN_PROBLEMS).map(({ row, column, sentence }) => (
        <li key={`${row} ${column}`} data-problem={row} className="wrap-anywhere">
          <span className="text-bad">{t('Row {row}', { row })}</span>: {sentence}
        </li>
      ))}
      {others.length > SHOWN_PROBLEMS && <li className="text-muted">{t('and {n} more', { n: others.length - SHOWN_PROBLEMS })}</li>}
    </ul>
  );
}

function Sending({ sent, onCancel }: { readonly sent: number | null; readonly onCancel: () => void }) {
  const isSent = sent === 1;
  return (
    <div className="flex flex-col gap-2 text-sm" data-testid="sending">
      <p role="status">{isSent ? t('The server loads the rows') : t('The file is being sent')}</p>
      <ProgressBar label={t('The file is being sent')} value={isSent ? null : sent} />
      {!isSent && (
        <button type="button" className="control self-start" onClick={onCancel}>
          <X className="size-4" aria-hidden />
          {t('Cancel')}
        </button>
      )}
    </div>
  );
}

interface ActionsProps {
  readonly file: File;
  readonly inspection: Inspection;
  readonly upload: Upload;
  readonly actions: UploadActions;
}

function Actions({ file, inspection, upload, actions }: ActionsProps) {
  const name = profileNameOf(file.name);
  const isReady = inspection.missing.length === 0 && !inspection.refused && !upload.isInspecting;
  const command = `marquee ingest load ${inspection.table} ${shellWord(file.name)} --profile ${shellWord(name)}`;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <button type="button" className="control primary" disabled={!isReady} onClick={actions.send}>
          <UploadIcon className="size-4" aria-hidden />
          {t('Load into {table}', { table: inspection.table })}
        </button>
        <button type="button" className="control" onClick={() => { saveBlob(new Blob([inspection.toml], { type: 'application/toml' }), `${name}.toml`); }}>
          <Download className="size-4" aria-hidden />
          {t('Save as profile')}
        </button>
        <button type="button" className="control" onClick={actions.clear}>{t('Another file')}</button>
      </div>
      <p className="text-xs text-pretty text-muted">
        {t('A profile reads the next file of this kind the same way. Put it into the folder profiles/ of the server, and type:')}{' '}
        <code className="font-mono wrap-anywhere text-ink" data-field="command">{command}</code>
      </p>
    </div>
  );
}
