/** All experiments, the one that began last first; and how many people a planned one needs. */
import { FlaskConical } from 'lucide-react';
import { Link } from '../components/Link';
import { EmptyCard, ErrorNotice } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import { PageTitle } from '../components/PageTitle';
import { ExperimentOutcome } from '../experiments/ExperimentOutcome';
import { PowerPanel } from '../experiments/PowerPanel';
import { formatInstant } from '../format';
import { ExperimentsDocument, type ExperimentsQuery } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';

/** Outcomes are computed from people's sessions, so only those of the newest experiments are on the list. */
const WITH_OUTCOME = 5;

type Experiment = NonNullable<ExperimentsQuery['experiments']>[number];

export function ExperimentsPage() {
  const result = useOperation(ExperimentsDocument, {});
  const experiments = result.data?.data.experiments;
  return (
    <>
      <PageTitle title={t('Experiments')} note={t('Variants of something, shown to different people, and what they change')} />
      {result.isError && <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />}
      {result.isPending && <PageSkeleton />}
      {experiments?.length === 0 && (
        <EmptyCard Icon={FlaskConical}>{t('No experiments yet. Load the tables experiments and assignments, as files or over HTTP.')}</EmptyCard>
      )}
      <ul data-testid="experiments" className="flex flex-col gap-3">
        {experiments?.map((experiment, place) => <ExperimentCard key={experiment.id} experiment={experiment} hasOutcome={place < WITH_OUTCOME} />)}
      </ul>
      <PowerPanel />
    </>
  );
}

interface ExperimentCardProps {
  readonly experiment: Experiment;
  readonly hasOutcome: boolean;
}

function ExperimentCard({ experiment, hasOutcome }: ExperimentCardProps) {
  const { sourceId, name, start, end, control, shares } = experiment;
  const search = useSearch();
  const { view } = useView();
  const variants = shares.map(({ variant }) => variant).filter((variant) => variant !== control);
  return (
    <li data-row={sourceId} className="card flex flex-col justify-between gap-x-6 gap-y-3 p-4 sm:flex-row sm:items-center sm:p-5">
      <div className="flex min-w-0 flex-col gap-1">
        <h2 className="font-semibold tracking-tight wrap-anywhere">
          <Link to={`/experiments/${encodeURIComponent(sourceId)}${viewOnly(search)}`} className="hover:underline">{name}</Link>
        </h2>
        <p className="text-sm text-muted">
          {end
            ? t('{start} to {end}', { start: formatInstant(start, view.timeZone), end: formatInstant(end, view.timeZone) })
            : t('Since {start}', { start: formatInstant(start, view.timeZone) })}
        </p>
        <p className="text-sm wrap-anywhere">
          {variants.length > 0 ? t('{variants} against {control}', { variants: variants.join(', '), control }) : t('Against {control}', { control })}
        </p>
      </div>
      {hasOutcome && <div className="shrink-0"><ExperimentOutcome id={sourceId} /></div>}
    </li>
  );
}
