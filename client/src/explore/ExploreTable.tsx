/** The answer of a question as a table: its groups, every measure, and how each changed. */
import { Change } from '../components/Change';
import { Figure } from '../components/Figure';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { MEASURES } from '../model';
import { GROUPS, isTimeStep, type Question } from './question';
import { figureOf, type GivenRow, keyOf, nameOf } from './rows';

interface ExploreTableProps {
  readonly question: Question;
  readonly rows: readonly GivenRow[];
}

export function ExploreTable({ question: { by, measures }, rows }: ExploreTableProps) {
  const isCompared = rows.some(({ change }) => change);
  return (
    <div role="region" aria-label={t('Answer as a table')} tabIndex={0} className="relative max-h-[32rem] overflow-auto">
      <table className="w-full text-sm whitespace-nowrap">
        <caption className="sr-only">{t('Answer as a table')}</caption>
        <thead className="sticky top-0 bg-surface text-xs text-muted">
          <tr>
            {by.map((name) => (
              <th key={name} scope="col" className="border-b border-line py-2 pe-4 text-start font-medium">{isTimeStep(name) ? t('Time') : dimensionLabel(GROUPS[name])}</th>
            ))}
            {measures.map((measure) => (
              <th key={measure} scope="col" className="border-b border-line py-2 ps-4 text-end font-medium" colSpan={isCompared ? 2 : 1}>{measureLabel(measure)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = by.map((name) => keyOf(row, name)).join(' ');
            return (
              <tr key={key} data-row={key} className="border-b border-line last:border-0">
                {by.map((name) => (
                  <th key={name} scope="row" className="max-w-64 truncate py-1.5 pe-4 text-start font-normal">{nameOf(row, name)}</th>
                ))}
                {measures.map((measure) => (
                  <Cells key={measure} row={row} measure={measure} isCompared={isCompared} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cells({ row, measure, isCompared }: { readonly row: GivenRow; readonly measure: Question['measures'][number]; readonly isCompared: boolean }) {
  return (
    <>
      <td className="ps-4 text-end"><Figure field={measure} value={figureOf(row, measure)} unit={MEASURES[measure].unit} /></td>
      {isCompared && <td className="w-16 ps-2 text-end"><Change field={`change.${measure}`} value={row.change?.[measure]} size="small" /></td>}
    </>
  );
}
