/** Devices: a horizontal bar of views for each, with how often a view had to buffer. */
import { Bar } from '../components/Bar';
import { Figure } from '../components/Figure';
import { FilterButton, type FilterChoice } from '../components/FilterButton';
import { Panel } from '../components/Panel';
import { formatSlug, namedBy } from '../format';
import type { DevicesQuery } from '../generated/operations';
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
                <th scope="col" className="pb-1 text-start font-medium">
                  Device
                </th>
                <th scope="col" className="pb-1 text-end font-medium">
                  Views
                </th>
                <th scope="col" className="pb-1 text-end font-medium">
                  Viewers
                </th>
                <th scope="col" className="hidden pb-1 text-end font-medium @xs:table-cell" title="Buffering events per view">
                  Buffering
                </th>
              </tr>
            </thead>
            {devices.map(({ device, views, viewers, bufferingPerView }) => (
              <tbody key={device}>
                <tr data-row={device}>
                  <th scope="row" className="pt-2 text-start align-bottom font-normal">
                    <FilterButton value={device} choice={filter}>
                      {formatSlug(device)}
                    </FilterButton>
                  </th>
                  <td className="pt-2 ps-3 text-end align-bottom leading-[24px] font-medium">
                    <Figure field="views" value={views} unit="count" />
                  </td>
                  <td className="pt-2 ps-3 text-end align-bottom leading-[24px] text-muted">
                    <Figure field="viewers" value={viewers} unit="count" />
                  </td>
                  <td className="hidden pt-2 ps-3 text-end align-bottom leading-[24px] text-muted @xs:table-cell">
                    <Figure field="bufferingPerView" value={bufferingPerView} unit="perView" />
                  </td>
                </tr>
                <tr aria-hidden>
                  <td colSpan={4} className="pt-1.5 align-top">
                    <Bar value={views} longest={longest} tone="bg-(--series-3)" thickness="h-2.5" />
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
