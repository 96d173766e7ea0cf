/** How far the risks can be believed: what was predicted of groups of later users, and what became of them. */
import { ColumnChart } from '../charts/ColumnChart';
import { NotComputed } from '../components/NotComputed';
import { DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { format } from '../format';
import type { PredictionsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { PRESENT } from '../theme/series';
import type { OperationPanelProps } from './panelProps';

type Group = PredictionsQuery['churnCalibration'][number];

export function CalibrationPanel({ result, source, className }: OperationPanelProps<Pick<PredictionsQuery, 'churnCalibration'>>) {
  const title = t('How reliable the risks are');
  return (
    <Panel
      testId="panel-calibration"
      title={title}
      note={t('Columns are the share that did not come back, lines what was predicted')}
      className={className}
      result={result}
      job="churn"
      source={source}
      select={({ churnCalibration }) => churnCalibration}
      empty={<NotComputed job="churn">{t('No risk has been computed yet.')}</NotComputed>}
      table={(groups) => (
        <DataTable
          caption={title}
          rows={groups}
          heading={{ label: t('Predicted'), key: ({ predicted }) => predicted, text: nameOf }}
          columns={[
            { field: 'observed', label: t('Did not come back'), unit: 'fraction' },
            { field: 'users', label: t('Users'), unit: 'count' },
          ]}
        />
      )}
    >
      {(groups) => (
        <ColumnChart
          rows={groups}
          label={title}
          unit="fraction"
          value={({ observed }) => observed}
          mark={({ predicted }) => predicted}
          color={PRESENT}
          axisLabel={nameOf}
          tip={(group) => ({
            title: t('Predicted {share}', { share: format(group.predicted, 'fraction') }),
            lines: [
              { label: t('Did not come back'), value: format(group.observed, 'fraction') },
              { label: t('Users'), value: format(group.users, 'count') },
            ],
          })}
          height={160}
        />
      )}
    </Panel>
  );
}

function nameOf({ predicted }: Group): string {
  return format(predicted, 'wholeFraction');
}
