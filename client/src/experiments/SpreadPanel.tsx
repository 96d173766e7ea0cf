/** How people are spread over the variants, whom the results leave out, and a warning where the spread is no chance. */
import { TriangleAlert } from 'lucide-react';
import { Figure } from '../components/Figure';
import { PanelFrame } from '../components/Panel';
import { ColumnHeading, FigureCell } from '../components/TableCells';
import { t } from '../i18n/i18n';
import type { Result } from './metrics';

export function SpreadPanel({ result }: { readonly result: Result }) {
  return (
    <PanelFrame testId="panel-spread" title={t('People')} note={t('By their first assignment; those expected by the plan')}>
      {result.sampleRatioMismatch && (
        <p role="alert" data-testid="sample-ratio-mismatch" className="flex gap-2 rounded-lg bg-bad-soft p-3 text-sm">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
          {t('People are not spread as planned, and that is hardly chance. Something is wrong with the assignment: do not trust any figure below.')}
        </p>
      )}
      <table className="w-full text-sm">
        <thead>
          <tr className="text-xs text-muted">
            <ColumnHeading align="start">{t('Variant')}</ColumnHeading>
            <ColumnHeading>{t('People')}</ColumnHeading>
            <ColumnHeading>{t('Expected')}</ColumnHeading>
          </tr>
        </thead>
        <tbody>
          {result.spread.map(({ variant, people, expected }) => (
            <tr key={variant} data-row={variant} className="border-t border-line">
              <th scope="row" className="py-1.5 text-start font-normal wrap-anywhere">{variant}</th>
              <FigureCell field="people" value={people} unit="count" />
              <FigureCell field="expected" value={expected} unit="count" />
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
        <li>{t('With several variants:')} <Figure field="crossedPeople" value={result.crossedPeople} unit="count" /></li>
        <li>{t('Outside the experiment:')} <Figure field="outsidePeople" value={result.outsidePeople} unit="count" /></li>
        {result.tooRecentPeople > 0 && <li>{t('Not over yet:')} <Figure field="tooRecentPeople" value={result.tooRecentPeople} unit="count" /></li>}
      </ul>
    </PanelFrame>
  );
}
