/** The newest loads, the checks that warn or fail, and all other checks on request. */
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { CheckBadge } from '../components/StatusBadge';
import { ColumnHeading, FigureCell } from '../components/TableCells';
import { formatInstant, formatSlug } from '../format';
import { t } from '../i18n/i18n';
import type { DataQualityQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';

/** Loads that were checked together. */
type LoadGroup = DataQualityQuery['dataQuality'][number];
type Check = LoadGroup['checks'][number];

interface DataQualityPanelProps extends OperationPanelProps<DataQualityQuery> {
  readonly timeZone: string;
}

export function DataQualityPanel({ result, className, timeZone }: DataQualityPanelProps) {
  return (
    <Panel
      testId="panel-quality"
      title={t('Data quality')}
      note={t('What the checks found after the newest loads')}
      className={className}
      result={result}
      select={(data) => data.dataQuality}
      empty={t('No loads have been checked yet.')}
    >
      {(groups) => (
        <ol className="flex flex-col text-sm">
          {groups.map((group) => (
            <li key={group.load} data-row={group.load} className="flex flex-col gap-2 border-b border-line py-3 first:pt-0 last:border-0 last:pb-0">
              <LoadHeading group={group} timeZone={timeZone} />
              <Findings checks={group.checks} />
              {group.checks.length > 0 && <AllChecks group={group} />}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function LoadHeading({ group, timeZone }: { readonly group: LoadGroup; readonly timeZone: string }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
      <h3 className="min-w-0">
        <span className="font-medium">{formatSlug(group.table.toLowerCase())}</span>{' '}
        <span className="text-muted">
          {nameOf(group)} · <Figure field="rows" value={group.rows} unit="count" noun="row" /> ·{' '}
          <time dateTime={group.doneAt}>{formatInstant(group.doneAt, timeZone)}</time>
          {group.undone > 0 && (group.undone < group.loads ? ` · ${t('partly undone')}` : ` · ${t('undone')}`)}
        </span>
      </h3>
      <CheckBadge status={group.status} />
    </div>
  );
}

function nameOf({ load, firstLoad }: LoadGroup): string {
  return load === firstLoad ? t('load {load}', { load }) : t('loads {first} to {last}', { first: firstLoad, last: load });
}

/** The checks that someone should act on. */
function Findings({ checks }: { readonly checks: readonly Check[] }) {
  const findings = checks.filter(({ status }) => status === 'WARN' || status === 'FAIL');
  if (findings.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1.5">
      {findings.map((check) => (
        <li key={keyOf(check)} className={`rounded-lg p-3 text-pretty wrap-anywhere ${check.status === 'FAIL' ? 'bg-bad-soft' : 'bg-raised'}`}>
          <CheckBadge status={check.status} /> <span className="font-medium">{titleOf(check)}.</span> {check.sentence}
        </li>
      ))}
    </ul>
  );
}

function AllChecks({ group }: { readonly group: LoadGroup }) {
  const loads = nameOf(group);
  return (
    <details>
      <summary className="w-fit cursor-pointer rounded text-xs text-muted hover:text-ink">
        {t('All checks')}<span className="sr-only"> {t('of {loads}', { loads })}</span>
      </summary>
      <div className="relative overflow-x-auto" role="region" aria-label={t('Checks of {loads}', { loads })} tabIndex={0}>
        <table className="mt-2 w-full text-xs">
          <caption className="sr-only">{t('Checks of {loads}', { loads })}</caption>
          <thead className="text-muted">
            <tr className="border-b border-line">
              <ColumnHeading align="start">{t('Check')}</ColumnHeading>
              <ColumnHeading>{t('Measured')}</ColumnHeading>
              <ColumnHeading className="hidden @md:table-cell">{t('Usual')}</ColumnHeading>
              <ColumnHeading className="hidden @md:table-cell">{t('Limit')}</ColumnHeading>
              <ColumnHeading align="start" className="ps-4">
                {t('Result')}
              </ColumnHeading>
            </tr>
          </thead>
          <tbody>
            {group.checks.map((check) => (
              <tr key={keyOf(check)} className="border-b border-line last:border-0" title={check.sentence}>
                <th scope="row" className="py-1.5 text-start font-normal @md:whitespace-nowrap">
                  {titleOf(check)}
                </th>
                <FigureCell field="value" value={check.value} unit="fraction" />
                <FigureCell className="hidden text-muted @md:table-cell" field="expected" value={check.expected} unit="fraction" />
                <FigureCell className="hidden text-muted @md:table-cell" field="threshold" value={check.threshold} unit="fraction" />
                <td className="py-1.5 ps-4">
                  <CheckBadge status={check.status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function keyOf({ check, subject }: Check): string {
  return `${check} ${subject ?? ''}`;
}

function titleOf({ label, subject }: Check): string {
  return subject === null ? label : `${label}: ${formatSlug(subject).toLowerCase()}`;
}
