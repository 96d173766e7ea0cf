/** The quarantine: the rows of a load that could not be stored, as fields, to be corrected in place. For admins of all rows. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { asRequestError } from '../api/errors';
import { Figure } from '../components/Figure';
import { AlertNotice, ErrorNotice } from '../components/Notice';
import { PanelFrame, stateOf } from '../components/Panel';
import { Select } from '../components/Select';
import { t } from '../i18n/i18n';
import { useSession } from '../session/useSession';
import { editedRows, type Edits, getQuarantine, getRows, isKept, QUARANTINE, type QuarantinedLoad, type QuarantinedRow, type QuarantinedRows, type Repaired, sendRows, shownColumns } from './quarantine';

export function QuarantinePanel() {
  const { token } = useSession();
  const asked = useQuery({
    queryKey: [QUARANTINE],
    queryFn: async ({ signal }) => ({ data: await getQuarantine(token, signal), provenance: {} }),
  });
  const [chosen, setChosen] = useState<number | null>(null);
  const loads = asked.data?.data ?? [];
  const load = loads.find((one) => one.load === chosen) ?? loads[0];
  return (
    <PanelFrame
      testId="panel-quarantine"
      title={t('Quarantine')}
      note={t('Rows that could not be stored. Correct them here, and they load.')}
      state={stateOf(asked)}
      actions={load && (
        <Select label={t('Load')} value={String(load.load)} onChange={(number) => { setChosen(Number(number)); }}>
          {loads.map((one) => <option key={one.load} value={one.load}>{nameOf(one)}</option>)}
        </Select>
      )}
    >
      {asked.isError && <ErrorNotice error={asRequestError(asked.error)} onRetry={() => void asked.refetch()} />}
      {asked.isSuccess && !load && <p className="text-sm text-muted">{t('No rows are quarantined.')}</p>}
      {load && <Rows key={load.load} load={load} />}
    </PanelFrame>
  );
}

function nameOf({ load, table, rows }: QuarantinedLoad): string {
  return t('Load {load} of {table}: {n}', { load, table, n: rows });
}

function Rows({ load }: { readonly load: QuarantinedLoad }) {
  const { token } = useSession();
  const queries = useQueryClient();
  const [after, setAfter] = useState(0);
  const [edits, setEdits] = useState<Edits>({});
  const asked = useQuery({
    queryKey: [QUARANTINE, load.load, after],
    queryFn: async ({ signal }) => ({ data: await getRows(token, load.load, after, signal), provenance: {} }),
  });
  const found = asked.data?.data;
  const sending = useMutation({
    mutationFn: (rows: ReturnType<typeof editedRows>) => sendRows(token, load.load, rows),
    onSuccess: async () => {
      setEdits({});
      await queries.invalidateQueries({ queryKey: [QUARANTINE] });
    },
  });
  if (asked.isError) return <ErrorNotice error={asRequestError(asked.error)} onRetry={() => void asked.refetch()} />;
  if (!found) return <p role="status" className="text-sm text-muted">{t('Loading')}</p>;
  const changed = editedRows(found.rows, edits);
  const last = found.rows.at(-1)?.row;
  return (
    <form
      className="flex min-w-0 flex-col gap-4 text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed.length > 0 && !sending.isPending) sending.mutate(changed);
      }}
    >
      {sending.data && <Outcome repaired={sending.data} />}
      {sending.error && <AlertNotice message={asRequestError(sending.error).message} action={t('Close')} ActionIcon={X} onAction={() => { sending.reset(); }} />}
      {!load.repairable && <p className="text-pretty text-muted">{t('Rows of {table} are not corrected here: load the corrected file, and its rows are the newest.', { table: load.table })}</p>}
      <fieldset disabled={sending.isPending || !load.repairable} className="min-w-0">
        <legend className="sr-only">{nameOf(load)}</legend>
        <ol className="flex flex-col">
          {found.rows.map((row) => (
            <Row key={row.row} row={row} found={found} edits={edits} onEdit={(name, text) => { setEdits({ ...edits, [row.row]: { ...edits[row.row], [name]: text } }); }} />
          ))}
        </ol>
      </fieldset>
      <div className="flex flex-wrap items-center gap-2">
        {load.repairable && (
          <button type="submit" className="control primary" disabled={changed.length === 0 || sending.isPending}>
            <Check className="size-4" aria-hidden />
            {t('Load {n} corrected rows', { n: changed.length })}
          </button>
        )}
        {after > 0 && <button type="button" className="control" onClick={() => { setAfter(0); }}>{t('First rows')}</button>}
        {found.more && last !== undefined && <button type="button" className="control" onClick={() => { setAfter(last); }}>{t('Next rows')}</button>}
      </div>
    </form>
  );
}

interface RowProps {
  readonly row: QuarantinedRow;
  readonly found: QuarantinedRows;
  readonly edits: Edits;
  readonly onEdit: (column: string, text: string) => void;
}

function Row({ row, found, edits, onEdit }: RowProps) {
  const title = t('Row {row}', { row: row.row });
  return (
    <li data-row={row.row} className="flex flex-col gap-2 border-b border-line py-3 first:pt-0 last:border-0">
      <p className="text-pretty wrap-anywhere">
        <span className="font-medium">{title}</span> <code className="font-mono text-xs text-bad">{row.reason}</code> {row.explanation}
      </p>
      {row.text && <p className="rounded bg-raised px-2 py-1 font-mono text-xs wrap-anywhere">{row.text}</p>}
      {isKept(row) ? (
        <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,10rem),1fr))] gap-2">
          {shownColumns(found).map((name) => (
            <label key={name} className="flex min-w-0 flex-col gap-1 text-xs text-muted">
              <span className="wrap-anywhere">{name}</span>
              <input
                type="text"
                aria-label={t('{column} of row {row}', { column: name, row: row.row })}
                className="control w-full min-w-0"
                value={edits[row.row]?.[name] ?? row.cells[name] ?? ''}
                onChange={(event) => { onEdit(name, event.target.value); }}
              />
            </label>
          ))}
        </div>
      ) : (
        <p className="text-xs text-muted">{t('Its content is not kept.')}</p>
      )}
    </li>
  );
}

/** What became of the rows that were sent. */
function Outcome({ repaired: { load_id, accepted, duplicates, rejects } }: { readonly repaired: Repaired }) {
  return (
    <div role="status" data-testid="repaired" className="rounded-lg bg-raised p-3 text-pretty">
      <p>
        <Figure field="accepted" value={accepted} unit="count" className="font-medium" /> {t('accepted by load {load},', { load: load_id })}{' '}
        <Figure field="duplicates" value={duplicates} unit="count" className="font-medium" /> {t('known already,')}{' '}
        <Figure field="rejects" value={rejects.length} unit="count" className="font-medium" /> {t('still quarantined.')}
      </p>
      {rejects.length > 0 && (
        <ul className="mt-1 text-xs wrap-anywhere">
          {rejects.map(({ row, reason, explanation }) => (
            <li key={row}><span className="text-bad">{t('Row {row}', { row })}</span>: {explanation || reason}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
