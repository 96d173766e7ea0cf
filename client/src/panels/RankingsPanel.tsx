/** The weekly or monthly film chart, with each film's move since the previous period. */
import type { ReactNode } from 'react';
import { Bar } from '../components/Bar';
import { NotComputed } from '../components/NotComputed';
import { Figure } from '../components/Figure';
import { FilmLink } from '../components/FilmLink';
import { Panel } from '../components/Panel';
import { formatDay, formatValue, plural } from '../format';
import { t } from '../i18n/i18n';
import type { RankingPeriod, RankingsQuery } from '../generated/operations';
import { seriesColor } from '../theme/series';
import type { OperationPanelProps } from './panelProps';
import type { RankingChoice } from './rankingChoice';
import { type RankMove, rankMove } from './rankMove';

interface RankingsPanelProps extends OperationPanelProps<RankingsQuery> {
  /** The chart selected on the page. An embed does not know its own: it is in the token. */
  readonly choice?: RankingChoice;
  readonly actions?: ReactNode;
  readonly controls?: ReactNode;
}

export function RankingsPanel({ result, className, choice, actions, controls }: RankingsPanelProps) {
  const start = result.data?.data.rankings[0]?.start ?? choice?.start ?? null;
  return (
    <Panel
      testId="panel-rankings"
      title={choice?.period === 'MONTH' ? t('Monthly chart') : t('Weekly chart')}
      note={start === null ? undefined : choice ? noteOf({ ...choice, start }) : t('From {day}', { day: formatDay(start, 'long') })}
      className={className}
      result={result}
      select={(data) => data.rankings}
      actions={actions}
      controls={controls}
      empty={
        start === null ? (
          <NotComputed job="rankings">{t('No chart has been computed yet.')}</NotComputed>
        ) : (
          t('No chart for this selection. Try another period or group.')
        )
      }
    >
      {(films) => <Chart films={films} period={choice?.period} />}
    </Panel>
  );
}

function noteOf({ period, by, value, start }: RankingChoice & { readonly start: string }): string {
  const when = period === 'WEEK' ? t('Week of {day}', { day: formatDay(start, 'long') }) : formatDay(start, 'month');
  return `${when}, ${by === 'ALL' ? t('all viewing') : formatValue(by.toLowerCase(), value)}`;
}

interface ChartProps {
  readonly films: RankingsQuery['rankings'];
  readonly period: RankingPeriod | undefined;
}

function Chart({ films, period }: ChartProps) {
  const longest = Math.max(...films.map(({ views }) => views));
  return (
    <ol className="flex grow flex-col justify-between gap-2 text-sm">
      {films.map(({ rank, previousRank, peakRank, periodsOnChart, movie, views }) => (
        <li key={movie.sourceId} data-row={movie.sourceId} className="grid grid-cols-[1.5rem_3rem_minmax(0,1fr)_auto] items-center gap-x-2">
          <span className="text-muted" data-field="rank" data-value={rank}>
            {rank}
          </span>
          <Move move={rankMove(rank, previousRank, periodsOnChart)} />
          <span className="min-w-0">
            <span className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="min-w-0 flex-1 basis-44 font-medium">
                <FilmLink film={movie} />
              </span>
              <span className="text-xs text-muted" title={t('Best rank, and time on the chart')}>
                {t('peak')} <Figure field="peakRank" value={peakRank} unit="count" /> ·{' '}
                <span data-field="periodsOnChart" data-value={periodsOnChart}>
                  {period ? `${periodsOnChart} ${plural(periodsOnChart, period.toLowerCase())}` : `${periodsOnChart}×`}
                </span>
              </span>
            </span>
            <Bar value={views} longest={longest} color={seriesColor(0)} />
          </span>
          <Figure className="min-w-10 ps-2 text-end text-muted" field="views" value={views} />
        </li>
      ))}
    </ol>
  );
}

function Move({ move }: { readonly move: RankMove }) {
  const frame = 'text-xs font-semibold whitespace-nowrap';
  switch (move.kind) {
    case 'new':
      return <span className={`${frame} justify-self-start rounded bg-accent-soft px-1.5 py-0.5 text-accent`}>{t('NEW')}</span>;
    case 'back':
      return <span className={`${frame} justify-self-start rounded bg-raised px-1.5 py-0.5`}>{t('BACK')}</span>;
    case 'same':
      return (
        <span className={`${frame} text-muted`}>
          <span aria-hidden>–</span>
          <span className="sr-only">{t('unchanged')}</span>
        </span>
      );
    case 'up':
      return (
        <span className={`${frame} text-good`}>
          <span aria-hidden>▲ </span>
          <span className="sr-only">{t('up')} </span>
          {move.places}
        </span>
      );
    case 'down':
      return (
        <span className={`${frame} text-bad`}>
          <span aria-hidden>▼ </span>
          <span className="sr-only">{t('down')} </span>
          {move.places}
        </span>
      );
  }
}
