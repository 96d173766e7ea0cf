/** All alerts, those that fire first; and the form of a new one, which panels open with what they show. */
import { Bell, Plus } from 'lucide-react';
import { type Alert, filterText, ruleText, targetName } from '../alerts/alert';
import { AlertActions } from '../alerts/AlertActions';
import { AlertFormPanel } from '../alerts/AlertFormPanel';
import { AlertState } from '../alerts/AlertState';
import { Link } from '../components/Link';
import { EmptyCard, ErrorNotice } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import { PageTitle } from '../components/PageTitle';
import { readQuestion } from '../explore/question';
import { formatInstant } from '../format';
import { AlertsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useNavigate, useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';

const REFETCH_MS = 30_000;
const ORDER: readonly (string | null)[] = ['FIRING', 'FAILED', null, 'OK'];

export function AlertsPage() {
  const result = useOperation(AlertsDocument, {}, REFETCH_MS);
  const { view } = useView();
  const search = useSearch();
  const navigate = useNavigate();
  const query = new URLSearchParams(search);
  const isNew = query.has('new');
  const alerts = result.data?.data.alerts;
  const sorted = alerts?.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));

  function open() {
    const next = new URLSearchParams(search);
    next.set('new', '1');
    navigate(`/alerts?${next}`);
  }

  return (
    <>
      <PageTitle title={t('Alerts')} note={t('Rules that are judged after each load, over whole days')}>
        {!isNew && (
          <button type="button" className="control" onClick={open}>
            <Plus className="size-4" aria-hidden />
            {t('New alert')}
          </button>
        )}
      </PageTitle>
      {isNew && (
        <AlertFormPanel
          key={search}
          initial={{
            title: query.get('title') ?? '',
            measure: readQuestion(search).measures[0] ?? 'views',
            condition: 'FALLS_BY',
            bound: '20',
            over: 'P1D',
            timeZone: view.timeZone,
            filters: view.filters,
            other: null,
            targets: [],
          }}
          onSaved={(id) => { navigate(`/alerts/${id}${viewOnly(search)}`); }}
          onCancel={() => { navigate(`/alerts${viewOnly(search)}`); }}
        />
      )}
      {result.isError && <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />}
      {result.isPending && <PageSkeleton />}
      {alerts?.length === 0 && !isNew && <EmptyCard Icon={Bell}>{t('No alerts yet. Make one here, or from the menu of a panel.')}</EmptyCard>}
      <ul data-testid="alerts" className="flex flex-col gap-3">
        {sorted?.map((alert) => <AlertCard key={alert.id} alert={alert} search={search} timeZone={view.timeZone} />)}
      </ul>
    </>
  );
}

interface AlertCardProps {
  readonly alert: Alert;
  readonly search: string;
  readonly timeZone: string;
}

function AlertCard({ alert, search, timeZone }: AlertCardProps) {
  const { sourceId, title, since, owner, targets } = alert;
  const told = targets.map(({ kind, address }) => `${targetName(kind)} ${address}`).join(' · ');
  return (
    <li data-row={title} className={`card flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4 sm:p-5 ${alert.state === 'FIRING' ? 'border-s-4 border-s-bad' : ''}`}>
      <div className="min-w-0 grow basis-72">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className="font-semibold tracking-tight wrap-anywhere">
            <Link to={`/alerts/${sourceId}${viewOnly(search)}`} className="hover:underline">{title}</Link>
          </h2>
          <AlertState alert={alert} />
        </div>
        <p className="text-sm text-pretty text-muted">{[ruleText(alert), filterText(alert.where)].filter(Boolean).join(' · ')}</p>
        <p className="mt-1 text-xs wrap-anywhere text-muted">
          {[since && t('Since {at}', { at: formatInstant(since, timeZone) }), owner, told].filter(Boolean).join(' · ')}
        </p>
      </div>
      <AlertActions alert={alert} />
    </li>
  );
}
