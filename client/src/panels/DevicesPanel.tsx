/** Viewing by device: a bar of views each, and buffering per view. */
import { Bar } from '../components/Bar';
import { FilterButton, type FilterChoice } from '../components/FilterButton';
import { Panel } from '../components/Panel';
import { ColumnHeading, FigureCell, MeasureHeading } from '../components/TableCells';
import { formatSlug, namedBy } from '../format';
import type { DevicesQuery } from '../generated/operations';
import { DIMENSIONS } from '../model';
import { seriesColor } from '../theme/series';
import { NOTHING_IN_RANGE, type OperationPanelProps } from './panelProps';

interface DevicesPanelProps extends OperationPanelProps<DevicesQuery> {
  readonly filter?: FilterChoice;
}

export function DevicesPanel({ result, className, filter }: DevicesPanelProps) {
  return (
    <Panel
      testId="panel-devices"
      title="Devices"
      className={className}
      result={result}
      select={(data) => namedBy(data.devices, 'device').toSorted((one, other) => other.views - one.views)}
      empty={NOTHING_IN_RANGE}
    >
      {(devices) => {
        const longest = Math.max(...devices.map(({ views }) => views));
        return (
          <table className="w-full grow text-sm">
            <caption className="sr-only">Viewing by device</caption>
            <thead className="text-xs text-muted">
              <tr>
                <ColumnHeading align="start">{DIMENSIONS.device.label}</ColumnHeading>
                <MeasureHeading name="views" />
                <MeasureHeading name="viewers" />
                <MeasureHeading name="bufferingPerView" className="hidden @xs:table-cell" />
              </tr>
            </thead>
            {devices.map(({ device, views, viewers, bufferingPerView }) => (
              <tbody key={device}>
                <tr data-row={device}>
                  <th scope="row" className="py-1.5 text-start align-bottom font-normal">
                    <FilterButton value={device} choice={filter}>
                      {formatSlug(device)}
                    </FilterButton>
                  </th>
                  <FigureCell className="align-bottom leading-[24px] font-medium" field="views" value={views} />
                  <FigureCell className="align-bottom leading-[24px] text-muted" field="viewers" value={viewers} />
                  <FigureCell className="hidden align-bottom leading-[24px] text-muted @xs:table-cell" field="bufferingPerView" value={bufferingPerView} />
                </tr>
                <tr aria-hidden>
                  <td colSpan={4} className="align-top">
                    <Bar value={views} longest={longest} color={seriesColor(2)} thickness="h-2.5" />
                  </td>
                </tr>
              </tbody>
            ))}
          </table>
        );
      }}
    </Panel>
  );
}
