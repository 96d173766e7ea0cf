/** How many people a planned experiment needs, by what people did in the last four weeks of data. */
import { Calculator } from 'lucide-react';
import { useState } from 'react';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { Select } from '../components/Select';
import { formatChange } from '../format';
import { type ExperimentMetric, ExperimentPowerDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import type { MeasureName } from '../model';

const CHANGES = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2] as const;
const CHOICES = {
  watchHours: 'WATCH_HOURS',
  views: 'VIEWS',
  completionRate: 'COMPLETION_RATE',
  averageRating: 'AVERAGE_RATING',
  bufferingPerView: 'BUFFERING_PER_VIEW',
} as const satisfies Partial<Record<MeasureName, ExperimentMetric>>;
type Choice = keyof typeof CHOICES;

export function PowerPanel() {
  const [metric, setMetric] = useState<Choice>('watchHours');
  const [change, setChange] = useState<number>(0.05);
  const result = useOperation(ExperimentPowerDocument, { metric: CHOICES[metric], change });
  return (
    <Panel
      testId="panel-power"
      title={t('Plan an experiment')}
      note={t('By what people did in the last four weeks of data; 80 % power, 5 % false alarms, two variants')}
      result={result}
      select={({ experimentPower }) => experimentPower}
      empty={t('Nobody did anything in these weeks.')}
      EmptyIcon={Calculator}
      controls={
        <>
          <Select label={t('Metric')} value={metric} onChange={(value) => { setMetric(value as Choice); }}>
            {(Object.keys(CHOICES) as Choice[]).map((name) => <option key={name} value={name}>{measureLabel(name)}</option>)}
          </Select>
          <Select label={t('Change to show')} value={String(change)} onChange={(value) => { setChange(Number(value)); }}>
            {CHANGES.map((one) => <option key={one} value={one}>{formatChange(one)}</option>)}
          </Select>
        </>
      }
    >
      {(power) => (
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 text-sm @lg:grid-cols-4">
          <div><dt className="text-muted">{t('People needed, both variants')}</dt><dd className="text-lg font-semibold"><Figure field="peopleAll" value={power.peopleAll} unit="count" /></dd></div>
          <div><dt className="text-muted">{t('In each variant')}</dt><dd className="text-lg font-semibold"><Figure field="peopleEach" value={power.peopleEach} unit="count" /></dd></div>
          <div><dt className="text-muted">{t('People in four weeks')}</dt><dd className="text-lg font-semibold"><Figure field="people" value={power.people} unit="count" /></dd></div>
          <div><dt className="text-muted">{t('Change that they can show')}</dt><dd className="text-lg font-semibold"><Figure field="detectableChange" value={power.detectableChange} unit="fraction" /></dd></div>
        </dl>
      )}
    </Panel>
  );
}
