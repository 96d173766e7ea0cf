/** How well films play: interruptions over time and by device, country and picture quality, and windows that were unusual. */
import { ViewTitle } from '../components/PageTitle';
import { ViewNote } from '../components/ViewNote';
import { PlaybackDocument, type PlaybackQuery, QualityAlertsDocument, type ViewingFilter } from '../generated/operations';
import { useFilter } from '../hooks/useFilter';
import { useOperation } from '../hooks/useOperation';
import { useOwnRows, withFilter } from '../hooks/useOwnRows';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { compared } from '../panels/compared';
import { FigureRowPanel } from '../panels/FigureRowPanel';
import { LinesPanel } from '../panels/LinesPanel';
import { BufferingAlertsPanel } from '../panels/BufferingAlertsPanel';
import { BufferingPanel } from '../panels/BufferingPanel';
import { PAST, PRESENT } from '../theme/series';
import { useView } from '../view/useView';

type Day = PlaybackQuery['days']['rows'][number];

export function PlaybackPage() {
  const { view, variables, change } = useView();
  const filterBy = useFilter();
  const result = useOperation(PlaybackDocument, variables);
  const asked = (where: ViewingFilter | undefined) => variables && withFilter(variables, where);
  const devices = useOwnRows(PlaybackDocument, 'device', result, asked);
  const countries = useOwnRows(PlaybackDocument, 'country', result, asked);
  const qualities = useOwnRows(PlaybackDocument, 'quality', result, asked);
  const alerts = useOperation(QualityAlertsDocument, {});
  return (
    <>
      <ViewTitle title={t('Playback')} note={<ViewNote provenance={result.data?.provenance} path="days.rows" timeZone={view.timeZone} />} />
      <FigureRowPanel
        label={t('Key figures')}
        result={result}
        figures={({ totals: { rows: [row] } }) => [
          { field: 'bufferingPerView', label: measureLabel('bufferingPerView'), unit: 'perView', value: row?.bufferingPerView, ...compared(row, 'bufferingPerView') },
          { field: 'bufferingEvents', label: measureLabel('bufferingEvents'), unit: 'count', value: row?.bufferingEvents, ...compared(row, 'bufferingEvents') },
          { field: 'views', label: measureLabel('views'), unit: 'count', value: row?.views },
        ]}
      />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <LinesPanel
          className="md:col-span-2 xl:col-span-3"
          testId="panel-days"
          title={t('Interruptions per view, by day')}
          result={result}
          rows={({ days }) => days.rows}
          start={({ day }) => day ?? ''}
          unit="perView"
          series={[
            { field: 'bufferingPerView', label: measureLabel('bufferingPerView'), value: ({ bufferingPerView }) => bufferingPerView, color: PRESENT, change: (day) => day.change?.bufferingPerView },
            ...(view.compareTo
              ? [{ field: 'previous' as const, label: t('Before'), value: ({ previous }: Day) => previous?.bufferingPerView ?? null, color: PAST, isDashed: true }]
              : []),
          ]}
          onBrush={(from, through) => { change({ range: { kind: 'days', from, through } }); }}
        />
        <BufferingPanel testId="panel-quality-devices" title={t('By device')} dimension="device" result={devices} rows={({ devices }) => devices} filter={filterBy('device')} />
        <BufferingPanel testId="panel-quality-countries" title={t('By country')} dimension="country" result={countries} rows={({ countries }) => countries} filter={filterBy('country')} />
        <BufferingPanel testId="panel-quality-qualities" title={t('By picture quality')} dimension="quality" result={qualities} rows={({ qualities }) => qualities} filter={filterBy('quality')} />
        <BufferingAlertsPanel className="md:col-span-2 xl:col-span-3" result={alerts} timeZone={view.timeZone} />
      </div>
    </>
  );
}
