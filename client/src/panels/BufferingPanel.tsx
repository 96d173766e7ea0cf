/** Interruptions by the values of one dimension: the mean, the share of views with any, and the worst views. */
import { BarList } from '../charts/BarList';
import { CountryCode } from '../components/CountryCode';
import { type Column, DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { formatValue, UNKNOWN } from '../format';
import type { PlaybackQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { type FilterChoice, nothingInRange, type OperationPanelProps } from './panelProps';

type Row = PlaybackQuery['devices'][number];

interface BufferingPanelProps extends OperationPanelProps<PlaybackQuery> {
  readonly testId: string;
  readonly title: string;
  readonly dimension: 'device' | 'country' | 'quality';
  readonly rows: (data: PlaybackQuery) => readonly Row[];
  readonly filter: FilterChoice;
}

export function BufferingPanel({ testId, title, dimension, result, className, rows, filter }: BufferingPanelProps) {
  const columns: readonly Column<Row>[] = [
    { field: 'bufferingPerView', label: measureLabel('bufferingPerView'), heading: t('Mean'), unit: 'perView' },
    { field: 'bufferedShare', label: t('Views with any'), heading: t('Any'), unit: 'wholeFraction' },
    { field: 'bufferingP95', label: t('95th percentile'), heading: t('95 %'), unit: 'count' },
    { field: 'bufferingP99', label: t('99th percentile'), heading: t('99 %'), unit: 'count' },
    { field: 'views', label: measureLabel('views'), unit: 'count' },
  ];
  return (
    <Panel
      testId={testId}
      title={title}
      note={measureLabel('bufferingPerView')}
      exception={t('not compared')}
      className={className}
      result={result}
      select={(data) => rows(data).toSorted((one, other) => (other.bufferingPerView ?? 0) - (one.bufferingPerView ?? 0))}
      empty={nothingInRange()}
      table={(found) => (
        <DataTable
          caption={title}
          rows={found}
          heading={{ label: dimensionLabel(dimension), key: ({ value }) => value ?? UNKNOWN, text: ({ value }) => formatValue(dimension, value) }}
          columns={columns}
        />
      )}
    >
      {(found) => (
        <BarList
          label={title}
          field="bufferingPerView"
          unit="perView"
          color="var(--gold-soft)"
          rows={found.slice(0, 10).map(({ value, bufferingPerView }) => ({
            key: value ?? UNKNOWN,
            name: (
              <>
                {dimension === 'country' && value && <CountryCode code={value} />}
                <span className="truncate">{formatValue(dimension, value)}</span>
              </>
            ),
            value: bufferingPerView,
          }))}
          active={filter.active}
          onChoose={filter.onToggle}
        />
      )}
    </Panel>
  );
}
