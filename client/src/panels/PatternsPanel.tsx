/** Viewing patterns: visits, binges and times of day, for everybody, one user, or by segment. */
import type { ReactNode } from 'react';
import { NotComputed } from '../components/NotComputed';
import { type Column, DataTable } from '../components/DataTable';
import { DaypartBar, DaypartLegend } from '../components/DaypartBar';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { UNKNOWN } from '../format';
import { t } from '../i18n/i18n';
import type { PatternBy, ViewingPatternsQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';
import { DAYPARTS, patternName, type PatternRow, patternRows } from './patternRows';

function figures(): readonly Column<PatternRow>[] {
  return [
    { field: 'visits', label: t('Visits'), unit: 'count' },
    { field: 'sessionsPerVisit', label: t('Sessions per visit'), heading: t('Per visit'), unit: 'ratio' },
    { field: 'minutesPerVisit', label: t('Watched per visit'), heading: t('Watched'), unit: 'minutes' },
    { field: 'bingeRuns', label: t('Binges'), unit: 'count' },
    { field: 'longestBinge', label: t('Longest binge'), heading: t('Longest'), unit: 'count' },
    { field: 'devicesPerViewer', label: t('Devices per viewer'), heading: t('Devices'), unit: 'ratio' },
  ];
}

interface PatternsPanelProps extends OperationPanelProps<ViewingPatternsQuery> {
  /** What the rows are grouped by. An embed does not know its own: it is in the token. */
  readonly by?: PatternBy;
  readonly title?: string;
  readonly empty?: ReactNode;
  readonly controls?: ReactNode;
}

export function PatternsPanel({ result, className, by = 'ALL', title = t('How people watch'), empty, controls }: PatternsPanelProps) {
  return (
    <Panel
      testId="panel-patterns"
      title={title}
      note={t('Times of day are in each viewer’s local time')}
      exception={t('of all time, without filters')}
      className={className}
      result={result}
      select={patternRows}
      controls={controls}
      empty={empty ?? <NotComputed job="patterns">{t('No patterns have been computed yet.')}</NotComputed>}
      table={(rows) => (
        <DataTable
          caption={title}
          rows={rows}
          heading={{ label: t('Who'), key: (row) => row.value ?? (by === 'ALL' ? by : UNKNOWN), text: (row) => patternName(row, by) }}
          columns={[...figures(), ...DAYPARTS.map(({ field, label }) => ({ field, label: label(), unit: 'fraction' as const }))]}
        />
      )}
    >
      {(rows) => (rows.length === 1 && rows[0] ? <Summary row={rows[0]} /> : <SegmentList rows={rows} by={by} />)}
    </Panel>
  );
}

function Summary({ row }: { readonly row: PatternRow }) {
  return (
    <div className="flex grow flex-col gap-5">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-4 @md:grid-cols-3">
        {figures().map(({ field, label, unit }) => (
          <div key={field}>
            <dt className="text-xs text-muted">{label}</dt>
            <dd className="text-xl font-semibold tracking-tight">
              <Figure field={field} value={row[field] as number | null} unit={unit} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-col gap-2">
        <DaypartBar dayparts={row} />
        <DaypartLegend dayparts={row} />
      </div>
    </div>
  );
}

function SegmentList({ rows, by }: { readonly rows: readonly PatternRow[]; readonly by: PatternBy }) {
  return (
    <div className="flex grow flex-col gap-3">
      <div role="region" aria-label={t('Patterns by segment')} tabIndex={0} className="relative -mx-1 max-h-80 overflow-y-auto px-1">
        <ul className="flex flex-col gap-2.5 text-sm">
          {rows.map((row) => (
            <li key={row.value} className="flex flex-col gap-1">
              <span className="flex items-baseline justify-between gap-3">
                <span className="truncate font-medium">{patternName(row, by)}</span>
                <span className="shrink-0 text-xs text-muted">
                  <Figure field="minutesPerVisit" value={row.minutesPerVisit} unit="minutes" /> {t('per visit')}
                  <span className="max-sm:hidden">
                    {' '}
                    · <Figure field="bingesPerViewer" value={row.bingesPerViewer} unit="ratio" /> {t('binges per viewer')}
                  </span>
                </span>
              </span>
              <DaypartBar dayparts={row} />
            </li>
          ))}
        </ul>
      </div>
      <DaypartLegend />
    </div>
  );
}
