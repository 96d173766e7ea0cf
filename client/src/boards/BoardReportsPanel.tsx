/** The scheduled reports of a board: what is sent when and to whom, what was sent, and a form for a new one. */
import { Trash2 } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { TargetFields } from '../alerts/TargetFields';
import { targetName } from '../alerts/alert';
import { Field } from '../components/Field';
import { ErrorNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import { formatHour, formatInstant } from '../format';
import { DeleteReportDocument, ReportsDocument, SaveReportDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useView } from '../view/useView';
import { draftIn, FORMS, inputOf, RANGES, rangeName, type Report, reportText, WEEKDAYS, weekdayName } from './report';

export function BoardReportsPanel({ boardId }: { readonly boardId: string }) {
  const result = useOperation(ReportsDocument, {});
  const reports = result.data?.data.reports.filter((one) => one.boardId === boardId) ?? [];
  return (
    <PanelFrame
      testId="panel-reports"
      title={t('Sent regularly')}
      note={t('It is made with the rights that you have now: who gets it sees what you see')}
    >
      {result.isError && <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />}
      {reports.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {reports.map((one) => <ScheduledReport key={one.id} report={one} />)}
        </ul>
      )}
      <NewReport boardId={boardId} />
    </PanelFrame>
  );
}

function ScheduledReport({ report }: { readonly report: Report }) {
  const remove = useMutationOperation(DeleteReportDocument);
  const [last] = report.deliveries;
  const name = reportText(report);
  return (
    <li data-testid="report" className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 py-2 text-sm">
      <div className="min-w-0 wrap-anywhere">
        <p className="font-medium">{name}</p>
        <p className="text-muted">{report.targets.map(({ kind, address }) => `${targetName(kind)}: ${address}`).join(', ')}</p>
        <p className="text-xs text-muted">
          {report.owner} · {t('next {at}', { at: formatInstant(report.nextAt, report.timeZone) })}
          {last && ` · ${outcomeText(last, report.timeZone)}`}
        </p>
        {last?.detail && <p className="text-xs text-bad">{last.detail}</p>}
        {remove.error && <p role="alert" className="text-xs text-bad">{remove.error.message}</p>}
      </div>
      <button
        type="button"
        className="icon-button"
        aria-label={t('Delete the report {name}', { name })}
        title={t('Delete the report {name}', { name })}
        disabled={remove.isPending}
        onClick={() => { remove.mutate({ input: { id: report.id, version: report.version } }); }}
      >
        <Trash2 className="size-4" aria-hidden />
      </button>
    </li>
  );
}

function outcomeText({ outcome, at }: Report['deliveries'][number], timeZone: string): string {
  const when = formatInstant(at, timeZone);
  switch (outcome) {
    case 'SENT':
      return t('sent {at}', { at: when });
    case 'SENDING':
      return t('begun {at}', { at: when });
    default:
      return t('not sent {at}', { at: when });
  }
}

function NewReport({ boardId }: { readonly boardId: string }) {
  const { view } = useView();
  const [draft, setDraft] = useState(() => draftIn(view.timeZone));
  const save = useMutationOperation(SaveReportDocument);
  const change = (part: Partial<typeof draft>) => { setDraft({ ...draft, ...part }); };
  const input = inputOf(boardId, draft);

  function send() {
    save.mutate({ input }, { onSuccess: () => { setDraft(draftIn(view.timeZone)); } });
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    send();
  }

  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        <Field label={t('Format')}>
          <select className="control" value={draft.form} onChange={(event) => { change({ form: FORMS.find((one) => one === event.target.value) ?? 'PDF' }); }}>
            {FORMS.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </Field>
        <Field label={t('Range')}>
          <select className="control" value={draft.range} onChange={(event) => { change({ range: event.target.value }); }}>
            {RANGES.map((one) => <option key={one} value={one}>{rangeName(one)}</option>)}
          </select>
        </Field>
        <Field label={t('Day')}>
          <select className="control" value={draft.weekday ?? ''} onChange={(event) => { change({ weekday: WEEKDAYS.find((one) => one === event.target.value) ?? null }); }}>
            <option value="">{t('Each day')}</option>
            {WEEKDAYS.map((one) => <option key={one} value={one}>{weekdayName(one)}</option>)}
          </select>
        </Field>
        <Field label={t('Hour, in {zone}', { zone: draft.timeZone })}>
          <select className="control" value={draft.hour} onChange={(event) => { change({ hour: Number(event.target.value) }); }}>
            {Array.from({ length: 24 }, (_, hour) => <option key={hour} value={hour}>{formatHour(hour)}</option>)}
          </select>
        </Field>
      </div>
      <TargetFields targets={draft.targets} empty={t('Add whom it is sent to.')} onChange={(targets) => { change({ targets }); }} />
      {save.error && <ErrorNotice error={save.error} onRetry={send} />}
      <button type="submit" className="control primary self-start" disabled={save.isPending || input.targets.length === 0}>{t('Schedule it')}</button>
    </form>
  );
}
