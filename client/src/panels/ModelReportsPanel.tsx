/** How well the models do, each figure beside that of the simple rule that it has to beat. */
import { Command } from '../components/Command';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { formatSlug } from '../format';
import type { ModelReportsQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';

const head = 'pb-2 ps-3 text-end font-medium';
const cell = 'py-1.5 ps-3 text-end';

export function ModelReportsPanel({ result, className }: OperationPanelProps<ModelReportsQuery>) {
  return (
    <Panel
      testId="panel-models"
      title="Models"
      note="On what each job had held back, beside the simple rule it has to beat"
      className={className}
      result={result}
      select={(data) => data.modelReports}
      empty={
        <>
          No model has been measured yet. Run <Command>marquee spark recommendations</Command>, then refresh.
        </>
      }
    >
      {(reports) => (
        <table className="h-fit w-full text-sm">
          <caption className="sr-only">Models beside their baselines</caption>
          <thead className="border-b border-line text-xs text-muted">
            <tr>
              <th scope="col" className="pb-2 text-start font-medium">
                Metric
              </th>
              <th scope="col" className={head}>
                Model
              </th>
              <th scope="col" className={head}>
                Baseline
              </th>
              <th scope="col" className={`${head} hidden @sm:table-cell`}>
                Rows
              </th>
            </tr>
          </thead>
          <tbody>
            {reports.map(({ job, metric, model, baseline, rows }) => (
              <tr key={`${job} ${metric}`} data-row={`${job} ${metric}`} className="border-b border-line last:border-0">
                <th scope="row" className="py-1.5 text-start font-normal">
                  <span className="block text-xs text-muted">{formatSlug(job)}</span>
                  {metric}
                </th>
                <td className={`${cell} font-medium`}>
                  <Figure field="model" value={model} unit="metric" />
                </td>
                <td className={`${cell} text-muted`}>
                  <Figure field="baseline" value={baseline} unit="metric" />
                </td>
                <td className={`${cell} hidden text-muted @sm:table-cell`}>
                  <Figure field="rows" value={rows} unit="count" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
