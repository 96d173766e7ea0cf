/** The film charts: weekly and monthly, over all viewing or of one group, and where films are watched. */
import { PageTitle } from '../components/PageTitle';
import { GeographyDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { GeographyPanel } from '../panels/GeographyPanel';
import { RankingsSection } from './RankingsSection';

export function FilmChartsPage() {
  return (
    <>
      <PageTitle title={t('Film charts')} note={t('Ranked by views in complete weeks and months; the page has its own periods')} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <RankingsSection limit={20} />
        <GeographyPanel result={useOperation(GeographyDocument, {})} />
      </div>
    </>
  );
}
