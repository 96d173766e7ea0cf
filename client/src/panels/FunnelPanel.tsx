/** How far people watch: the share of sessions that got to each part of the film. */
import { ColumnChart } from '../charts/ColumnChart';
import { DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { format } from '../format';
import type { FilmQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { PRESENT } from '../theme/series';
import { measureColumns } from './measureColumns';
import { nothingInRange, type OperationPanelProps } from './panelProps';

type Step = FilmQuery['completionFunnel']['steps'][number];

export function FunnelPanel({ result, source, className }: OperationPanelProps<Pick<FilmQuery, 'completionFunnel'>>) {
  const title = t('How far people watch');
  return (
    <Panel
      testId="panel-funnel"
      title={title}
      note={t('The share of sessions that reached each part of the film')}
      exception={t('not compared')}
      className={className}
      result={result}
      source={source}
      select={({ completionFunnel }) => (completionFunnel.steps[0]?.views ? completionFunnel.steps : [])}
      empty={nothingInRange()}
      table={(steps) => (
        <DataTable
          caption={title}
          rows={steps}
          heading={{ label: t('Reached'), key: ({ reached }) => reached, text: nameOf }}
          columns={[...measureColumns('views', 'viewers'), { field: 'share', label: t('Share'), unit: 'fraction' }]}
        />
      )}
    >
      {(steps) => (
        <ColumnChart
          rows={steps}
          label={title}
          unit="fraction"
          value={({ share }) => share}
          color={PRESENT}
          axisLabel={nameOf}
          tip={(step) => ({
            title: nameOf(step),
            lines: [
              { label: t('Share'), value: format(step.share, 'fraction') },
              { label: measureLabel('views'), value: format(step.views, 'count') },
              { label: measureLabel('viewers'), value: format(step.viewers, 'count') },
            ],
          })}
          labelSpace={40}
        />
      )}
    </Panel>
  );
}

function nameOf({ reached }: Step): string {
  return reached === 0 ? t('Start') : format(reached, 'wholeFraction');
}
