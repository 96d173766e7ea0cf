/** What is asked: measures, up to two groups, how many values of them, and the chart. */
import { ChartLine, Check, Layers, Sigma } from 'lucide-react';
import { Select } from '../components/Select';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { Popover } from '../menus/Popover';
import { type ChartKind, CHARTS, EXPLORE_MEASURES, type ExploreMeasure, type Group, GROUPS, isTimeStep, type Question, TIME_STEPS, type TimeStep } from './question';

interface QuestionBarProps {
  readonly question: Question;
  readonly onChange: (question: Question) => void;
}

const TOPS = [5, 10, 20];

export function QuestionBar({ question, onChange }: QuestionBarProps) {
  const { measures, by, top, chart } = question;
  return (
    <div className="flex flex-wrap items-center gap-2" role="group" aria-label={t('Question')}>
      <Popover label={t('Measures')} testId="measures-menu" button={<><Sigma className="size-4 text-muted" aria-hidden /><span className="truncate">{measures.map(measureLabel).join(', ')}</span></>}>
        {() => EXPLORE_MEASURES.map((name) => (
          <Choice key={name} label={measureLabel(name)} isChosen={measures.includes(name)} onPress={() => { onChange({ ...question, measures: withMeasure(measures, name) }); }} />
        ))}
      </Popover>
      <Popover label={t('Group by')} testId="groups-menu" button={<><Layers className="size-4 text-muted" aria-hidden /><span className="truncate">{by.length > 0 ? by.map(groupLabel).join(' × ') : t('No groups')}</span></>}>
        {() => [...TIME_STEPS, ...(Object.keys(GROUPS) as Group[])].map((name) => (
          <Choice key={name} label={groupLabel(name)} isChosen={by.includes(name)} onPress={() => { onChange({ ...question, by: withGroup(by, name) }); }} />
        ))}
      </Popover>
      {by.some((name) => !isTimeStep(name)) && (
        <Select label={t('How many values')} value={String(top)} onChange={(value) => { onChange({ ...question, top: Number(value) }); }}>
          {TOPS.map((one) => <option key={one} value={one}>{t('Top {count} and others', { count: one })}</option>)}
        </Select>
      )}
      <label className="control">
        <ChartLine className="size-4 text-muted" aria-hidden />
        <span className="sr-only">{t('Chart')}</span>
        <select className="bg-transparent [&>option]:bg-surface" value={chart} onChange={(event) => { onChange({ ...question, chart: CHARTS.find((one) => one === event.target.value) ?? 'auto' }); }}>
          {CHARTS.map((one) => <option key={one} value={one}>{chartLabel(one)}</option>)}
        </select>
      </label>
    </div>
  );
}

function Choice({ label, isChosen, onPress }: { readonly label: string; readonly isChosen: boolean; readonly onPress: () => void }) {
  return (
    <button type="button" className="menu-item justify-between" aria-pressed={isChosen} onClick={onPress}>
      {label}
      {isChosen && <Check className="size-4" aria-hidden />}
    </button>
  );
}

/** One measure always stays. */
function withMeasure(measures: readonly ExploreMeasure[], name: ExploreMeasure): readonly ExploreMeasure[] {
  if (!measures.includes(name)) return [...measures, name];
  return measures.length > 1 ? measures.filter((one) => one !== name) : measures;
}

/** At most one step of time and two groups: the newest choice stays. */
function withGroup(by: readonly (TimeStep | Group)[], name: TimeStep | Group): readonly (TimeStep | Group)[] {
  if (by.includes(name)) return by.filter((one) => one !== name);
  const rest = isTimeStep(name) ? by.filter((one) => !isTimeStep(one)) : by;
  return [...rest.slice(-1), name];
}

export function groupLabel(name: TimeStep | Group): string {
  if (!isTimeStep(name)) return dimensionLabel(GROUPS[name]);
  return { HOUR: t('Hour'), DAY: t('Day'), WEEK: t('Week'), MONTH: t('Month') }[name];
}

function chartLabel(kind: ChartKind): string {
  return { auto: t('Suitable chart'), line: t('Lines'), bars: t('Bars'), heat: t('Heat map'), table: t('Table only') }[kind];
}
