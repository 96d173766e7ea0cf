/** One alert: its measure day by day, what moved it most when it fired, and its history. */
import { Bell, Pencil } from 'lucide-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { documentIdOf } from '../api/transport';
import { filterText, formOf, measureOf, ruleText } from '../alerts/alert';
import { AlertActions } from '../alerts/AlertActions';
import { AlertFormPanel } from '../alerts/AlertFormPanel';
import { AlertHistoryPanel } from '../alerts/AlertHistoryPanel';
import { AlertMoversPanel } from '../alerts/AlertMoversPanel';
import { AlertState } from '../alerts/AlertState';
import { CopyText } from '../components/CopyText';
import { DeleteControl } from '../components/DeleteControl';
import { Link } from '../components/Link';
import { ErrorNotice } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import { PageTitle } from '../components/PageTitle';
import { Panel } from '../components/Panel';
import { ExploreChart } from '../explore/ExploreChart';
import { ExploreTable } from '../explore/ExploreTable';
import { DEFAULT_QUESTION, documentOf } from '../explore/question';
import type { ExploreAnswer } from '../explore/rows';
import { formatInstant } from '../format';
import { AlertDocument, type AlertQuery, AlertsDocument, DeleteAlertDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { useQueryText } from '../hooks/useQueryText';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { nothingInRange } from '../panels/panelProps';
import { useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';
import { NotFoundPage } from './NotFoundPage';

const REFETCH_MS = 30_000;
/** While it is judged, right after it was saved. */
const JUDGED_MS = 2_000;
/** While it is sent. A target that heard of it before is not told again, so this may last. */
const SENT_MS = 5_000;
type FoundAlert = NonNullable<AlertQuery['alert']>;

export function AlertPage({ id }: { readonly id: string }) {
  const result = useOperation(AlertDocument, { id }, (data) => (data?.alert ? refetchMs(data.alert) : REFETCH_MS));
  useFreshBadge(result.data?.data.alert?.state);
  const [isChanging, setIsChanging] = useState(false);
  const search = useSearch();
  const { view } = useView();
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.isPending) return <PageSkeleton />;
  const { alert } = result.data.data;
  if (!alert) return <NotFoundPage path={`/alerts/${id}`} />;
  const fired = alert.history.find(({ kind }) => kind === 'FIRING');
  return (
    <>
      <PageTitle
        above={<Link to={`/alerts${viewOnly(search)}`} className="text-accent hover:underline">{t('All alerts')}</Link>}
        title={alert.title}
        note={[ruleText(alert), filterText(alert.where), alert.owner, ...alert.scope].filter(Boolean).join(' · ')}
      >
        <AlertState alert={alert} />
        <AlertActions alert={alert} />
        <button type="button" className="control" aria-pressed={isChanging} onClick={() => { setIsChanging(!isChanging); }}>
          <Pencil className="size-4 text-muted" aria-hidden />
          {t('Change')}
        </button>
        <DeleteControl mutation={DeleteAlertDocument} saved={alert} label={t('Delete')} confirmation={t('Delete the alert')} list="/alerts" />
      </PageTitle>
      {alert.silencedUntil && <p className="text-sm text-muted">{t('Nothing is sent until {at}.', { at: formatInstant(alert.silencedUntil, view.timeZone) })}</p>}
      {isChanging && (
        <AlertFormPanel
          initial={formOf(alert)}
          changed={{ id: alert.id, version: alert.version }}
          onSaved={() => { setIsChanging(false); }}
          onCancel={() => { setIsChanging(false); }}
        />
      )}
      <div className="grid gap-4 xl:grid-cols-3">
        <DaysPanel alert={alert} />
        <AlertMoversPanel event={fired} measure={measureOf(alert.measure)} timeZone={view.timeZone} />
      </div>
      <AlertHistoryPanel result={result} measure={measureOf(alert.measure)} timeZone={view.timeZone} />
      {alert.targets.some(({ kind }) => kind === 'WEBHOOK') && <Secret secret={alert.signingSecret} />}
    </>
  );
}

function refetchMs({ state, targets, history }: FoundAlert): number {
  if (state === null) return JUDGED_MS;
  const newest = history.find(({ kind }) => kind !== 'ACKNOWLEDGED' && kind !== 'SILENCED');
  const sent = newest?.deliveries.filter(({ outcome }) => outcome !== 'SENDING').length ?? 0;
  return newest?.kind === 'FIRING' && sent < targets.length ? SENT_MS : REFETCH_MS;
}

/** Counts firing alerts again when this page shows another state: the badge beside it must say the same. */
function useFreshBadge(state: string | null | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (state) void queries.invalidateQueries({ queryKey: [documentIdOf(AlertsDocument)] });
  }, [queries, state]);
}

/** The measure as the reader's own token sees it, beside the period before. */
function DaysPanel({ alert }: { readonly alert: FoundAlert }) {
  const measure = measureOf(alert.measure);
  const question = { ...DEFAULT_QUESTION, measures: [measure] };
  const variables = { range: { last: 'P28D' }, timeZone: alert.timeZone, where: alert.where ?? undefined, compareTo: 'PREVIOUS_PERIOD' };
  const result = useQueryText<ExploreAnswer>(documentOf(question, true), variables);
  return (
    <Panel
      testId="panel-alert-days"
      className="xl:col-span-2"
      title={measureLabel(measure)}
      note={t('By day, the last 28 days of data, as you may see them')}
      result={result}
      select={({ viewing }) => viewing.rows}
      empty={nothingInRange()}
      EmptyIcon={Bell}
      table={(rows) => <ExploreTable question={question} rows={rows} />}
    >
      {(rows) => <ExploreChart question={question} rows={rows} provenance={result.data?.provenance ?? {}} />}
    </Panel>
  );
}

function Secret({ secret }: { readonly secret: string }) {
  const [isShown, setIsShown] = useState(false);
  if (!isShown) return <button type="button" className="control self-start" onClick={() => { setIsShown(true); }}>{t('Show the key that signs webhooks')}</button>;
  return <CopyText testId="signing-secret" label={t('Key that signs webhooks')} text={secret} />;
}
