/** The models' metrics, each beside the baseline that it has to beat. */
import { NotComputed } from '../components/Command';
import { Panel } from '../components/Panel';
import { ColumnHeading, FigureCell } from '../components/TableCells';
import { formatSlug } from '../format';
import type { ModelReportsQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';

export function ModelReportsPanel({ result, className }: OperationPanelProps<ModelReportsQuery>) {
  return (
    <Panel
      testId="panel-models"
      title="Models"
      note="Measured on held-out data, beside the baseline to beat"
      className={className}
      result={result}
      select={(data) => data.modelReports}
      empty={<NotComputed job="recommendations">No model has been measured yet.</NotComputed>}
    >
      {(reports) => (
        <table className="h-fit w-full text-sm">
          <caption className="sr-only">Models beside their baselines</caption>
          <thead className="border-b border-line text-xs text-muted">
            <tr>
              <ColumnHeading align="start">Metric</ColumnHeading>
              <ColumnHeading>Model</ColumnHeading>
              <ColumnHeading>Baseline</ColumnHeading>
              <ColumnHeading className="hidden @sm:table-cell">Rows</ColumnHeading>
            </tr>
          </thead>
          <tbody>
            {reports.map(({ job, metric, model, baseline, rows }) => (
              <tr key={`${job} ${metric}`} data-row={`${job} ${metric}`} className="border-b border-line last:border-0">
                <th scope="row" className="py-1.5 text-start font-normal">
                  <span className="block text-xs text-muted">{formatSlug(job)}</span>
                  {metric}
                </th>
                <FigureCell className="font-medium" field="model" value={model} unit="metric" />
                <FigureCell className="text-muted" field="baseline" value={baseline} unit="metric" />
                <FigureCell className="hidden text-muted @sm:table-cell" field="rows" value={rows} unit="count" />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
