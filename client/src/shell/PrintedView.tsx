/** What a printed page says in place of its controls: range, comparison, zone, how far the data reaches, and for whom. */
import { useNewestData } from '../api/newestData';
import { formatInstant } from '../format';
import { t } from '../i18n/i18n';
import { comparisonLabel } from '../menus/CompareMenu';
import { rangeLabel } from '../menus/RangeMenu';
import { useViewer } from '../session/viewer';
import { useView } from '../view/useView';
import { limitsOf } from './UserMenu';

export function PrintedView() {
  const { view } = useView();
  const newest = useNewestData();
  const viewer = useViewer();
  const limits = viewer ? limitsOf(viewer) : '';
  const told = [
    rangeLabel(view.range),
    comparisonLabel(view.compareTo),
    view.timeZone,
    newest && `${t('data through')} ${formatInstant(newest, view.timeZone)}`,
    limits && t('Only {limits}', { limits }),
  ];
  return <p data-testid="printed-view" className="hidden text-sm text-muted print:block">{told.filter(Boolean).join(' · ')}</p>;
}
